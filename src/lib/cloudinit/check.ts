import { isPmxError, type PmxError } from '@pmx-cli/kit/errors';

import { validateMetaData } from './meta-data.js';
import { validateNetworkConfig } from './network-config.js';
import { type Fault, faultsOf } from './schema/faults.js';
import { schemaRelease, type SchemaName } from './schema/load.js';
import { checkOf } from './schema/validator.js';
import { plainPasswords } from './schema/passwords.js';
import { type FileContent, toText } from './text.js';
import { type UserDataKind, validateUserData } from './user-data.js';
import { parseYamlWithPlaces } from './yaml.js';

/** Which of the files of a seed it is. */
export type SeedFileName = 'user-data' | 'meta-data' | 'network-config' | 'vendor-data';

export interface CheckedFile {
  /** Null where the file is too broken to say. */
  kind: UserDataKind | 'meta-data' | 'network-config' | null;
  /** Release of cloud-init whose schema it was held against; null for what has none. */
  schema: string | null;
  faults: Fault[];
  /** Of a file that cloud-init takes apart. */
  parts?: CheckedPart[];
  /** What a single file would be refused with, where it could not be read to its end. */
  problem?: PmxError;
}

export interface CheckedPart {
  /** Null for a type that cloud-init does not know. */
  kind: UserDataKind | 'other' | null;
  /** As the file says it; empty where it says nothing. */
  type: string;
  line: number;
}

/** All that is wrong with a file for cloud-init: what it is, YAML, and the official schema. */
export async function checkSeedFile(
  content: FileContent,
  source: string,
  as: SeedFileName = 'user-data',
): Promise<CheckedFile> {
  try {
    if (as === 'meta-data') {
      await validateMetaData(content, source);
      return { kind: 'meta-data', schema: null, faults: [] };
    }
    if (as === 'network-config') {
      const { version } = await validateNetworkConfig(content, source);
      return {
        kind: 'network-config',
        ...(await held(content, source, `network-config-v${version}`)),
      };
    }
    const kind = await validateUserData(content, source);
    if (kind === 'cloud-config')
      return { kind, ...(await held(content, source, 'cloud-config-v1')) };
    const { checkInside } = await import('./parts/check-parts.js');
    const text = kind === 'gzip' ? '' : toText(content, source);
    const hold = (part: string) => held(part, source, 'cloud-config-v1');
    return { kind, ...(await checkInside(kind, text, source, hold)) };
  } catch (error) {
    if (!isPmxError(error) || !error.code.startsWith('PMX_CLOUDINIT_')) throw error;
    return { kind: null, schema: null, faults: [faultOf(error, source)], problem: error };
  }
}

/** Files that are no cloud-config may be anything; of those the header is all that can be checked. */
async function held(
  content: FileContent,
  source: string,
  name: SchemaName,
): Promise<Pick<CheckedFile, 'schema' | 'faults'>> {
  const { document, lines } = await parseYamlWithPlaces(toText(content, source), source);
  const value: unknown = document.toJS({ maxAliasCount: 1000 });
  const check = await checkOf(name);
  const faults = await faultsOf(check(bytesAsText(value)), document, lines);
  const passwords = name === 'cloud-config-v1' ? await plainPasswords(value, document, lines) : [];
  return {
    schema: schemaRelease,
    faults: [...faults, ...passwords].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  };
}

/** `!!binary`, which counts as a text for cloud-init. */
function bytesAsText(value: unknown): unknown {
  if (value instanceof Uint8Array) return '';
  if (Array.isArray(value)) return value.map(bytesAsText);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bytesAsText(inner)]));
}

/** A refusal as one finding among others. */
export function faultOf(error: PmxError, source: string): Fault {
  const { line = null, column = null } = error.data as { line?: number; column?: number };
  const start = `Cloud-init file ${JSON.stringify(source)} `;
  return {
    severity: 'error',
    line,
    column,
    path: '',
    rule: error.code,
    message: error.message.startsWith(start)
      ? error.message.slice(start.length).replace(/\.$/, '')
      : error.message,
    remedy: error.hints[0] ?? null,
  };
}
