import { isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';

import { type NetworkDevice, parseGuestName, parseNetworkDevice } from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

import { closest } from '../../../inventory/closest.js';
import { checkMapping, refuse, type Source } from '../../declare/check.js';
import { sourceFor, sourcesOf, type Variables } from '../../declare/read.js';
import { type Checksum, parseChecksum } from '../../storage/files.js';
import type { ProfileName } from '../profiles.js';
import { parseVersion } from '../record.js';
import { defaultFields, entryFields } from './fields.js';

/** One template of the file, with the defaults filled in. */
export interface BuildEntry {
  name: string;
  distribution?: string;
  url?: string;
  image?: string;
  checksum?: Checksum;
  unchecked?: boolean;
  version?: string;
  arch?: string;
  fetch?: 'auto' | 'node' | 'local';
  node?: string;
  nodes?: string[];
  storage?: string;
  importStorage?: string;
  format?: 'qcow2' | 'raw' | 'vmdk';
  pool?: string;
  tags?: string[];
  memory?: number;
  cores?: number;
  profile?: ProfileName;
  cpu?: string;
  bios?: 'seabios' | 'ovmf';
  secureBoot?: boolean;
  tpm?: boolean;
  machine?: string;
  networks?: NetworkDevice[];
  cloudInit?: 'native' | 'none';
  packages?: string[];
  snippets?: string[];
  script?: string;
  options?: Readonly<Record<string, string>>;
  promote?: boolean;
  keep?: number;
  /** `templates.yaml:3:5`. */
  where: string;
  /** Folder that the path of an image starts from. */
  folder: string;
}

const topLevel = ['defaults', 'templates'];
const origins = ['distribution', 'url', 'image'] as const;

/**
 * The templates of a file, or of standard input (`-`).
 * @throws RequestError `PMX_INVALID_MANIFEST`, `PMX_FILE_UNREADABLE`, `PMX_NAME_TWICE`, `PMX_UNSET_VARIABLE`
 */
export async function readBuildFile(path: string, variables: Variables): Promise<BuildEntry[]> {
  const entries: BuildEntry[] = [];
  for (const { name, folder, content } of await sourcesOf(path))
    entries.push(...parseBuildFile(name, content, variables, folder));
  refuseTwins(entries);
  return entries;
}

/** @throws RequestError with line and column */
export function parseBuildFile(
  file: string,
  content: string,
  variables: Variables = {},
  folder = '.',
): BuildEntry[] {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [error] = document.errors;
  if (error) {
    throw new RequestError({
      code: 'PMX_INVALID_MANIFEST',
      message: `${place(error.pos[0])}: this is no YAML: ${error.message.split('\n')[0]}.`,
      hints: ['Look at the indentation and quotes there; nothing was changed.'],
    });
  }
  const at = (node: unknown): string =>
    place((node as { range?: [number] } | null)?.range?.[0] ?? 0);
  const source = sourceFor({ at }, variables);
  const { contents } = document;
  if (!isMap(contents))
    throw refuse(source, contents, 'the file must be a mapping with templates in it');
  refuseUnknown(contents, source);
  const defaults = checkMapping(
    contents.get('defaults', true) ?? null,
    defaultFields,
    'defaults',
    source,
  );
  const list = contents.get('templates', true);
  if (!isSeq(list) || list.items.length === 0)
    throw refuse(source, list ?? contents, 'templates: it must be a list of at least one template');
  return list.items.map((item, index) =>
    entryOf(item, `templates[${index}]`, defaults, source, folder),
  );
}

function refuseUnknown(contents: YAMLMap, source: Source): void {
  for (const { key } of contents.items) {
    const word = isScalar(key) ? String(key.value) : '';
    if (topLevel.includes(word)) continue;
    const [offer] = closest(word, topLevel);
    throw refuse(
      source,
      key,
      `the file has no field '${word}'`,
      offer === undefined ? `There are: ${topLevel.join(', ')}.` : `Did you mean '${offer}'?`,
    );
  }
}

function entryOf(
  node: unknown,
  path: string,
  defaults: Record<string, unknown>,
  source: Source,
  folder: string,
): BuildEntry {
  if (!isMap(node)) throw refuse(source, node, `${path}: it must be a mapping`);
  const own = checkMapping(node, entryFields, path, source);
  if (own['name'] === undefined) throw refuse(source, node, `${path}.name is missing`);
  const given = origins.filter((origin) => own[origin] !== undefined);
  if (given.length !== 1) {
    throw refuse(
      source,
      node,
      given.length === 0
        ? `${path} does not say what it is made from`
        : `${path} has ${given.join(' and ')}, and one of them is enough`,
      'For example: distribution: debian-13',
    );
  }
  if (own['node'] !== undefined && own['nodes'] !== undefined)
    throw refuse(
      source,
      node.get('nodes', true) ?? node,
      `${path} has node and nodes, and one of them is enough`,
    );
  const { node: usual, nodes: usualNodes, ...others } = defaults;
  const places = own['node'] ?? own['nodes'] ? {} : { node: usual, nodes: usualNodes };
  const said: Record<string, unknown> = {
    ...others,
    ...Object.fromEntries(Object.entries(places).filter(([, value]) => value !== undefined)),
    ...own,
  };
  const parsed = <T>(field: string, parse: (text: string) => T): T | undefined => {
    if (said[field] === undefined) return undefined;
    const stands = node.get(field, true) ?? node;
    try {
      return parse(String(said[field]));
    } catch (error) {
      if (!isPmxError(error)) throw error;
      throw refuse(source, stands, error.message.replace(/\.$/, ''), ...error.hints);
    }
  };
  const networks = (said['networks'] as string[] | undefined)?.map((text) => {
    try {
      return parseNetworkDevice(text);
    } catch (error) {
      if (!isPmxError(error)) throw error;
      throw refuse(source, node.get('networks', true) ?? node, error.message.replace(/\.$/, ''));
    }
  });
  const checksum = parsed('checksum', parseChecksum);
  const version = parsed('version', parseVersion);
  return {
    ...(said as Omit<BuildEntry, 'name' | 'where' | 'folder'>),
    name: parsed('name', parseGuestName)!,
    ...(checksum && { checksum }),
    ...(version !== undefined && { version }),
    ...(networks && { networks }),
    where: source.at(node),
    folder,
  };
}

/** Side by side they would take the name from each other. */
function refuseTwins(entries: readonly BuildEntry[]): void {
  const seen = new Map<string, string>();
  for (const { name, where } of entries) {
    const first = seen.get(name.toLowerCase());
    if (first !== undefined) {
      throw new RequestError({
        code: 'PMX_NAME_TWICE',
        message: `${where}: template ${name} is described already at ${first}.`,
        hints: ['Describe each template once; nothing was made.'],
      });
    }
    seen.set(name.toLowerCase(), where);
  }
}
