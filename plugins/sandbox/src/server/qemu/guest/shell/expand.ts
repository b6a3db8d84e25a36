import type { GuestFiles } from '../inside.js';
import type { List, Part, Word } from './syntax.js';

/** What words may ask for. */
export interface Surroundings {
  files: GuestFiles;
  value(name: string): string | undefined;
  assign(name: string, value: string): void;
  parameters(): readonly string[];
  /** What a command says, without the ends of its last lines. */
  said(script: List): string;
  /** `${name:?text}`: ends the script. */
  refuse(text: string): never;
}

/** A field in the making: text, and the same as a pattern. */
interface Field {
  text: string;
  pattern: string;
  globs: boolean;
}

/** One text, as of an assignment: not split, no pattern. */
export function textOf(word: Word, around: Surroundings): string {
  return word.map((part) => flat(part, around)).join('');
}

/** The fields of words: split at blanks, `*` filled in. */
export function fieldsOf(words: readonly Word[], around: Surroundings): string[] {
  return words.flatMap((word) => expand(word, around));
}

/** Of a `case`, or of `${name%…}`: what is quoted stands for itself. */
export function patternOf(word: Word, around: Surroundings): string {
  return word
    .map((part) => {
      const text = flat(part, around);
      return part.quoted ? literally(text) : globbed(text);
    })
    .join('');
}

function expand(word: Word, around: Surroundings): string[] {
  const fields: Field[] = [];
  let open: Field | undefined;
  const add = (text: string, quoted: boolean): void => {
    open ??= { text: '', pattern: '', globs: false };
    open.text += text;
    open.pattern += quoted ? literally(text) : globbed(text);
    open.globs ||= !quoted && /[*?[]/.test(text);
  };
  const close = (): void => {
    if (open) fields.push(open);
    open = undefined;
  };
  for (const part of word) {
    if (part.kind === 'parameter' && part.name === '@' && part.quoted) {
      for (const [index, value] of around.parameters().entries()) {
        if (index > 0) close();
        add(value, true);
      }
    } else if (part.kind === 'text' || part.quoted) add(flat(part, around), part.quoted);
    else {
      const pieces = flat(part, around).split(/[ \t\n]+/);
      for (const [index, piece] of pieces.entries()) {
        if (index > 0) close();
        if (piece !== '') add(piece, false);
      }
    }
  }
  close();
  return fields.flatMap((field) => matches(field, around.files));
}

function matches({ text, pattern, globs }: Field, files: GuestFiles): string[] {
  if (!globs) return [text];
  const [folder = ''] = /^.*\//.exec(text) ?? [];
  // Only the last part of a path is a pattern here.
  const ending = pattern.slice(pattern.lastIndexOf('/') + 1);
  const last = new RegExp(`^${ending}$`, 's');
  const hidden = ending.startsWith(String.raw`\.`);
  const found = files
    .list(folder === '' ? '/' : folder)
    .filter((name) => last.test(name) && name.startsWith('.') === hidden)
    .map((name) => `${folder}${name}`);
  return found.length > 0 ? found : [text];
}

function flat(part: Part, around: Surroundings): string {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'command') return around.said(part.script);
  const { name, operator, argument = [] } = part;
  const value = /^[@*]$/.test(name) ? around.parameters().join(' ') : around.value(name);
  if (operator === undefined) return value ?? '';
  if (operator === 'length') return String((value ?? '').length);
  const missing = operator.startsWith(':') ? (value ?? '') === '' : value === undefined;
  switch (operator.replace(':', '')) {
    case '-':
      return missing ? textOf(argument, around) : value!;
    case '+':
      return missing ? '' : textOf(argument, around);
    case '=': {
      if (!missing) return value!;
      const given = textOf(argument, around);
      around.assign(name, given);
      return given;
    }
    case '?':
      return missing
        ? around.refuse(`${name}: ${textOf(argument, around) || 'parameter not set'}`)
        : value!;
    default:
      return trimmed(value ?? '', operator, globbed(textOf(argument, around)));
  }
}

/** `${name#pattern}` and its like. */
function trimmed(value: string, operator: string, pattern: string): string {
  const whole = new RegExp(`^${pattern}$`, 's');
  const lengths = Array.from({ length: value.length + 1 }, (_, length) => length);
  const ordered = operator.length === 2 ? lengths.reverse() : lengths;
  for (const length of ordered) {
    const [inside, rest] = operator.startsWith('#')
      ? [value.slice(0, length), value.slice(length)]
      : [value.slice(value.length - length), value.slice(0, value.length - length)];
    if (whole.test(inside)) return rest;
  }
  return value;
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

function globbed(text: string): string {
  return text.replaceAll(/\[!?[^\]]+\]|[\\^$.*+?()[\]{}|]/g, (sign) => {
    if (sign === '*') return '.*';
    if (sign === '?') return '.';
    if (sign.length > 1) return sign.replace(/^\[!/, '[^').replaceAll('\\', String.raw`\\`);
    return `\\${sign}`;
  });
}
