import { readFile } from 'node:fs/promises';
import { isIP, isIPv6 } from 'node:net';

import { RequestError, SurroundingsError } from '@pmx-cli/kit';

import type { BmcTarget } from '../../bmc/index.js';
import { addressesOf } from './networks.js';

export interface TargetSources {
  /** HOST, HOST:PORT, https://HOST, CIDR, or - for standard input. */
  words: readonly string[];
  file?: string | undefined;
  /** For those that name none. */
  port: number;
  /** Wide and public networks, too. */
  yes: boolean;
  stdin: () => Promise<string>;
  /** false: only hosts that are named one by one. */
  networks?: boolean;
}

export interface Targets {
  targets: BmcTarget[];
  duplicates: number;
}

const hostName =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i;

function invalidTarget(value: string, rule: string): RequestError {
  return new RequestError({
    code: 'PMX_INVALID_HOST',
    message: `'${value}' is no host to look at: ${rule}.`,
    hints: ['For example: idrac-01.example.org, 10.0.8.5:443, [fd00::5], 10.0.8.0/24'],
  });
}

/** `host`, `host:port`, `[fd00::5]:443`, `https://host/` → host and port. */
export function parseHost(value: string, port: number): BmcTarget {
  const plain = value.replace(/^https:\/\//i, '').replace(/\/.*$/, '');
  if (/^[a-z]+:\/\//i.test(plain)) throw invalidTarget(value, 'only https is looked at');
  if (isIPv6(plain)) return { host: plain.toLowerCase(), port };
  const [, six, name, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(plain) ?? [];
  const host = six ?? name;
  if (host === undefined || (six !== undefined && !isIPv6(six)))
    throw invalidTarget(value, 'it must be a name or address, with :PORT where it is another');
  const number = digits === undefined ? port : Number(digits);
  if (number < 1 || number > 65_535) throw invalidTarget(value, 'ports go from 1 to 65535');
  if (six === undefined && /^[\d.]+$/.test(host) && isIP(host) !== 4)
    throw invalidTarget(value, 'an IPv4 address has four numbers from 0 to 255');
  if (six === undefined && !hostName.test(host))
    throw invalidTarget(value, 'a name has letters, digits, dots and hyphens');
  return { host: host.toLowerCase(), port: number };
}

const hostFields = ['host', 'address', 'ip', 'hostname', 'idrac', 'bmc', 'name'];
const listFields = ['hosts', 'targets', 'idracs'];

function cells(line: string): string[] {
  return line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

/** Lines, or CSV: by its heading, else the first column. `#` begins a comment. */
function wordsOfLines(text: string): string[] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  const heading = cells(lines[0] ?? '').map((cell) => cell.toLowerCase());
  const named = hostFields.map((field) => heading.indexOf(field)).find((at) => at >= 0);
  const portAt = named === undefined ? -1 : heading.indexOf('port');
  return (named === undefined ? lines : lines.slice(1))
    .map((line) => {
      const row = cells(line);
      const host = row[named ?? 0] ?? '';
      const port = portAt < 0 ? '' : (row[portAt] ?? '');
      return withPort(host, port);
    })
    .filter((word) => word !== '');
}

function withPort(host: string, port: string): string {
  if (port === '' || host === '') return host;
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

type Entry = Record<string, unknown>;

function entriesOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return listFields.map((field) => (value as Entry)[field]).find(Array.isArray);
}

async function wordsOfYaml(text: string, file: string): Promise<string[]> {
  const { parse } = await import('yaml');
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw unreadable(file, `it is no YAML (${(error as Error).message.split('\n')[0]})`);
  }
  const entries = entriesOf(value);
  if (!entries) throw unreadable(file, `it has no list, nor one below ${listFields.join(', ')}`);
  return entries.map((entry, at) => {
    if (typeof entry === 'string') return entry;
    const fields = (typeof entry === 'object' && entry !== null ? entry : {}) as Entry;
    const host = hostFields.map((field) => fields[field]).find((one) => typeof one === 'string');
    if (host === undefined)
      throw unreadable(file, `entry ${at + 1} has none of ${hostFields.join(', ')}`);
    return withPort(host as string, fields['port'] === undefined ? '' : String(fields['port']));
  });
}

function unreadable(file: string, why: string): RequestError {
  return new RequestError({
    code: 'PMX_TARGETS_UNREADABLE',
    message: `The hosts in ${file} cannot be read: ${why}.`,
    hints: ['Give one host a line, a CSV with a column "host", or a YAML list.'],
  });
}

async function wordsOfFile(file: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new RequestError({
        code: 'PMX_FILE_NOT_FOUND',
        message: `File ${file} does not exist.`,
        hints: ['Check the path given to -f.'],
        cause: error,
      });
    throw new SurroundingsError({
      code: 'PMX_FILE_UNREADABLE',
      message: `File ${file} cannot be read: ${(error as Error).message}`,
      cause: error,
    });
  }
  return /\.(ya?ml|json)$/i.test(file) ? wordsOfYaml(text, file) : wordsOfLines(text);
}

/** All hosts that were named, each once, in the order of their first mention. */
export async function readTargets(sources: TargetSources): Promise<Targets> {
  const words = sources.file === undefined ? [] : await wordsOfFile(sources.file);
  for (const word of sources.words)
    words.push(...(word === '-' ? wordsOfLines(await sources.stdin()) : [word]));
  const found = new Map<string, BmcTarget>();
  let count = 0;
  for (const word of words) {
    const isNetwork = /^[\d.]+\/\d+$/.test(word);
    if (isNetwork && sources.networks === false)
      throw invalidTarget(word, 'a change goes to hosts that are named, not to all of a network');
    const hosts = isNetwork
      ? addressesOf(word, sources.yes).map((host) => ({ host, port: sources.port }))
      : [parseHost(word, sources.port)];
    for (const target of hosts) {
      count += 1;
      const key = `${target.host}:${target.port}`;
      if (!found.has(key)) found.set(key, target);
    }
  }
  if (found.size === 0) {
    throw new RequestError({
      code: 'PMX_NO_BMC_HOSTS',
      message: 'No host is named.',
      hints: [
        'For example: pmx idrac check idrac-01.example.org 10.0.8.0/24',
        'Or from a file: pmx idrac check -f hosts.txt',
      ],
    });
  }
  return { targets: [...found.values()], duplicates: count - found.size };
}
