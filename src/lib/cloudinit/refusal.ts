import { RequestError } from '@pmx-cli/kit/errors';

/** Codes of the refusals in this folder. Scripts may compare them, so they never change. */
export type CloudInitRefusalCode =
  | 'PMX_CLOUDINIT_TOO_LARGE'
  | 'PMX_CLOUDINIT_NOT_TEXT'
  | 'PMX_CLOUDINIT_BOM'
  | 'PMX_CLOUDINIT_LINE_ENDS'
  | 'PMX_CLOUDINIT_HEADER'
  | 'PMX_CLOUDINIT_MIME'
  | 'PMX_CLOUDINIT_YAML'
  | 'PMX_CLOUDINIT_SHAPE'
  | 'PMX_CLOUDINIT_LAYOUT'
  | 'PMX_CLOUDINIT_TEMPLATE'
  | 'PMX_CLOUDINIT_VALUE'
  | 'PMX_CLOUDINIT_PART';

export interface Refusal {
  code: CloudInitRefusalCode;
  /** File name or other words for where the text comes from. */
  source: string;
  /** What was found, as the predicate of the file: "is empty". */
  found: string;
  /** The rule that is broken, as a clause of its own. */
  rule: string;
  /** What to type next, most useful first. */
  hints: readonly string[];
  /** Position of the mistake, counted from 1. */
  line?: number;
  column?: number;
}

/** Builds the error (exit 1) for a cloud-init file that a guest could not use. */
export function refuse(refusal: Refusal): RequestError {
  const { source, line, column } = refusal;
  const position = line === undefined ? {} : { line, column };
  return new RequestError({
    code: refusal.code,
    message: `Cloud-init file ${JSON.stringify(source)} ${refusal.found}; ${refusal.rule}.`,
    hints: refusal.hints,
    data: { source, ...position },
  });
}

const quotedCharacters = 40;
const secretWords =
  /pass|pwd|secret|token|credential|api.?key|private|auth|\$\d[a-z]?\$|:\/\/[^/\s]*@/i;
/** A long run of letters and digits mixed: more likely a key or hash than a word. */
const secretLook = /(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{20,}/;

/**
 * The beginning of the first line, quoted for a message. The rest of a user's file is never quoted,
 * because it may hold secrets, and the first line is not when it looks as if it did.
 */
export function quoteFirstLine(text: string): string {
  const line = (text.split(/\r?\n/, 1)[0] ?? '').trimEnd();
  if (line === '') return 'with an empty first line';
  if (secretWords.test(line) || secretLook.test(line)) return 'with a first line that is not shown';
  const clean = line.replace(/[^\P{C}]/gu, '?');
  const cut = clean.length > quotedCharacters ? `${clean.slice(0, quotedCharacters)}…` : clean;
  return `with the first line ${JSON.stringify(cut)}`;
}
