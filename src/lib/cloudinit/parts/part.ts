import type { Fault } from '../schema/faults.js';
import type { UserDataKind } from '../user-data.js';

/** A piece of user-data that cloud-init takes apart. */
export interface FoundPart {
  /** As the file says it: `text/cloud-config`; empty where it says nothing. */
  type: string;
  /** What cloud-init takes it for; undefined for a type that it does not know. */
  kind: PartKind | undefined;
  /** Where it begins in the file. */
  line: number;
  /**
   * Its text. Where `exact`, all other lines of the file are empty ones, so that places in it are places in the file;
   * else it was encoded, and its lines are its own.
   */
  text: string;
  exact: boolean;
}

export type PartKind = Exclude<UserDataKind, 'gzip'> | 'other';

/** Content types of cloud-init (cloudinit/handlers/__init__.py, cloudinit/user_data.py). */
const kinds: Readonly<Record<string, PartKind>> = {
  'text/cloud-config': 'cloud-config',
  'text/cloud-config-archive': 'cloud-config-archive',
  'text/cloud-config-jsonp': 'other',
  'text/x-shellscript': 'script',
  'text/x-shellscript-per-boot': 'script',
  'text/x-shellscript-per-instance': 'script',
  'text/x-shellscript-per-once': 'script',
  'text/x-include-url': 'include',
  'text/x-include-once-url': 'include',
  'text/cloud-boothook': 'cloud-boothook',
  'text/part-handler': 'part-handler',
  'text/jinja2': 'jinja',
  'text/upstart-job': 'other',
};

/** Types of which cloud-init looks at the beginning instead. */
const guessed = new Set(['', 'text/plain', 'text/x-not-multipart']);

export const knownTypes = Object.keys(kinds);

/**
 * @param guess what the beginning of the text says
 * @param usual for a text that says nothing
 */
export function kindOfPart(
  type: string,
  guess: UserDataKind | undefined,
  usual?: PartKind,
): PartKind | undefined {
  if (type.startsWith('multipart/')) return 'mime-multipart';
  if (guessed.has(type)) return guess === 'gzip' ? undefined : (guess ?? usual);
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  return kind === 'cloud-config' && guess === 'jinja' ? 'jinja' : kind;
}

export function partFault(
  severity: Fault['severity'],
  line: number,
  message: string,
  remedy: string | null,
  rule = 'part',
): Fault {
  return { severity, line, column: 1, path: '', rule, message, remedy };
}
