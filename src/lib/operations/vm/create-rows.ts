import type { Interfaces } from '@oclif/core';
import { readFile } from 'node:fs/promises';

import type { Session } from '@pmx-cli/kit';
import { isPmxError, normalizeError, RequestError } from '@pmx-cli/kit/errors';

import { canonicalName } from '../../config/files/canonical.js';
import { closest } from '../../inventory/closest.js';
import { parseCsv } from '../shared/csv.js';
import { profileNamed } from '../profile/read.js';

type Flags = Record<string, unknown>;

interface Parsed {
  flags: Flags;
  raw: Array<{ type: string; flag?: string }>;
}

export interface RowsRequest {
  argv: readonly string[];
  profile: string | undefined;
  csv: string | undefined;
  /** The name on the command line. */
  name: string | undefined;
  definitions: Interfaces.FlagInput;
  /** Parses words without asking for what is missing. */
  parse(argv: string[]): Promise<Parsed>;
}

export interface CreateRow {
  name: string;
  flags: Flags;
}

/** Of these only one can be meant: who says one leaves the profile's other out. */
const alternatives = [
  ['template', 'iso', 'empty'],
  ['linked', 'full'],
];

/**
 * What each new VM is told: the row of the file, then the command line, then the profile.
 * @throws RequestError `PMX_PROFILE_NOT_FOUND`, `PMX_INVALID_CSV`, `PMX_INVALID_PROFILE`
 */
export async function createRows(session: Session, request: RowsRequest): Promise<CreateRow[]> {
  const typed = await request.parse([...request.argv]);
  const said = explicit(typed);
  const profile =
    request.profile === undefined ? {} : await profileFlags(session, request, request.profile);
  const merged = (row: Flags): Flags => {
    const nearer = { ...said, ...row };
    return { ...typed.flags, ...without(profile, Object.keys(nearer)), ...nearer };
  };
  if (request.csv === undefined) return [{ name: request.name!, flags: merged({}) }];
  const source = request.csv;
  const text = await readFile(source, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RequestError({
      code: 'PMX_FILE_UNREADABLE',
      message: `The file ${source} cannot be read: ${error.code === 'ENOENT' ? 'it does not exist' : error.message}.`,
      hints: ['Its first line names the columns: name,memory,cores,ip'],
    });
  });
  const rows: CreateRow[] = [];
  for (const { line, values } of parseCsv(source, text)) {
    const where = `${source}, line ${line}`;
    const { name, ...cells } = values;
    if (name === undefined) throw refuse(where, 'it has no name', "Add a column 'name'.");
    const words = Object.entries(cells).flatMap(([column, value]) =>
      wordsOf(flagNamed(request.definitions, column, where), value, request.definitions),
    );
    rows.push({ name, flags: merged(await parsed(request, words, where, 'PMX_INVALID_CSV')) });
  }
  return rows;
}

async function profileFlags(session: Session, request: RowsRequest, name: string): Promise<Flags> {
  const fields = await profileNamed(session.paths, name);
  const words = Object.entries(fields).flatMap(([field, value]) =>
    wordsOf(kebab(field), value, request.definitions),
  );
  return parsed(request, words, `Profile '${name}'`, 'PMX_INVALID_PROFILE');
}

async function parsed(
  request: RowsRequest,
  words: string[],
  where: string,
  code: string,
): Promise<Flags> {
  try {
    return explicit(await request.parse(words));
  } catch (thrown) {
    const error = normalizeError(thrown);
    if (!isPmxError(error) || error.exitCode !== 1) throw thrown;
    throw new RequestError({
      code,
      message: `${where}: ${error.message}`,
      hints: [...error.hints],
      cause: error,
    });
  }
}

/** Flags that somebody wrote, and none that have their value from elsewhere. */
function explicit({ flags, raw }: Parsed): Flags {
  const named = new Set(raw.filter(({ type }) => type === 'flag').map(({ flag }) => flag));
  return Object.fromEntries(Object.entries(flags).filter(([name]) => named.has(name)));
}

function without(profile: Flags, nearer: readonly string[]): Flags {
  const beaten = alternatives.filter((group) => group.some((name) => nearer.includes(name))).flat();
  return Object.fromEntries(Object.entries(profile).filter(([name]) => !beaten.includes(name)));
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Flags that are about the call and not about a VM. */
const aboutTheCall = new Set(['from-csv', 'file', 'count', 'profile', 'var', 'wait-timeout']);

function flagNamed(definitions: Interfaces.FlagInput, column: string, where: string): string {
  const name = kebab(canonicalName(column));
  const known = Object.keys(definitions).filter((flag) => !aboutTheCall.has(flag));
  if (known.includes(name)) return name;
  const [offer] = closest(name, ['name', ...known]);
  throw refuse(
    where.replace(/, line \d+$/, ', line 1'),
    `the column '${column}' is no flag of vm create`,
    offer === undefined ? 'pmx vm create --help lists the flags.' : `Did you mean '${offer}'?`,
  );
}

function refuse(where: string, what: string, hint: string): RequestError {
  return new RequestError({
    code: 'PMX_INVALID_CSV',
    message: `${where}: ${what}.`,
    hints: [hint],
  });
}

/** A value as the words that would say it on the command line. */
function wordsOf(name: string, value: unknown, definitions: Interfaces.FlagInput): string[] {
  const definition = definitions[name];
  if (definition?.type === 'boolean') {
    if (/^(?:true|yes|on|1)$/i.test(String(value))) return [`--${name}`];
    if (/^(?:false|no|off|0)$/i.test(String(value)))
      return definition.allowNo ? [`--no-${name}`] : [];
    return [`--${name}=${String(value)}`];
  }
  const items = Array.isArray(value)
    ? value
    : definition && 'multiple' in definition && definition.multiple
      ? String(value).split(';')
      : [value];
  if (name === 'tags') return [`--tags=${items.join(',')}`];
  return items.map((item) => `--${name}=${String(item).trim()}`);
}
