import { RequestError } from '@pmx-cli/kit/errors';

/** Codes of the refusals in this folder. Scripts may compare them, so they never change. */
export type ImageRefusalCode =
  | 'PMX_IMAGE_NOT_A_FILE'
  | 'PMX_IMAGE_EMPTY'
  | 'PMX_IMAGE_TEXT'
  | 'PMX_IMAGE_COMPRESSED'
  | 'PMX_IMAGE_FORMAT_UNSUPPORTED'
  | 'PMX_IMAGE_INSTALLATION_MEDIUM'
  | 'PMX_IMAGE_UNKNOWN'
  | 'PMX_IMAGE_TRUNCATED'
  | 'PMX_IMAGE_CORRUPT'
  | 'PMX_IMAGE_DIRTY'
  | 'PMX_IMAGE_BACKING_FILE'
  | 'PMX_IMAGE_EXTERNAL_DATA'
  | 'PMX_IMAGE_ENCRYPTED'
  | 'PMX_IMAGE_FEATURE_UNKNOWN'
  | 'PMX_IMAGE_VIRTUAL_SIZE'
  | 'PMX_IMAGE_OVA_NO_DESCRIPTOR'
  | 'PMX_IMAGE_OVA_NO_DISK';

export interface Refusal {
  code: ImageRefusalCode;
  path: string;
  /** What was found, as the predicate of the file: "is a gzip-compressed file". */
  found: string;
  /** The rule that is broken, as a clause of its own. */
  rule: string;
  /** What to type next, most useful first. */
  hints: readonly string[];
}

/** Builds the error (exit 1) for a file that cannot be used as a disk image. */
export function refuse(refusal: Refusal): RequestError {
  return new RequestError({
    code: refusal.code,
    message: `Image file ${JSON.stringify(refusal.path)} ${refusal.found}; ${refusal.rule}.`,
    hints: refusal.hints,
    data: { path: refusal.path },
  });
}

/** The accepted formats, in the words used in every "not that" message. */
export const acceptedFormats = 'pmx takes qcow2, raw and single-file VMDK images and OVA archives';

/** One word for a POSIX shell; a leading dash is kept from being read as an option. */
export function shellWord(word: string): string {
  const safe = word.startsWith('-') ? `./${word}` : word;
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`;
}

/** `path` with its last suffix replaced; never `path` itself, so no command overwrites its input. */
export function siblingPath(path: string, suffix: string): string {
  const sibling = path.replace(/\.[^./\\]*$/, '') + suffix;
  return sibling === path ? path.replace(/\.[^./\\]*$/, '') + '-new' + suffix : sibling;
}

/** The command that turns an image into one that pmx takes. */
export function convertCommand(path: string, qemuFormat: string): string {
  const target = siblingPath(path, '.qcow2');
  return `qemu-img convert -f ${qemuFormat} -O qcow2 ${shellWord(path)} ${shellWord(target)}`;
}

/** Text from inside an image, fit for a terminal: one line, no control characters, bounded. */
export function printable(text: string, limit = 120): string {
  const clean = text.replace(/[^\P{C}]/gu, '?');
  return clean.length > limit ? `${clean.slice(0, limit)}…` : clean;
}
