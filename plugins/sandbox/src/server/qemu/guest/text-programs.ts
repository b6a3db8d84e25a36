import { type Context, type Program, type Result, splitArgs, usage } from './program.js';
import { isProgram } from './program-names.js';

/** `grep`: basic and extended patterns, as far as JavaScript has the same. */
const grep: Program = ({ args, files, stdin }) => {
  const flags = args.filter((word) => /^-[a-zA-Z]+$/.test(word)).join('');
  const [pattern = '', ...names] = args.filter((word) => !/^-[a-zA-Z]+$/.test(word));
  const source = flags.includes('F')
    ? pattern.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
    : pattern
        .replaceAll('[:space:]', String.raw`\s`)
        .replaceAll('[:digit:]', String.raw`\d`)
        .replaceAll('[:alnum:]', 'a-zA-Z0-9');
  let expression: RegExp;
  try {
    expression = new RegExp(
      flags.includes('x') ? `^(?:${source})$` : source,
      flags.includes('i') ? 'i' : '',
    );
  } catch {
    return usage('grep', 'Invalid regular expression', 2);
  }
  const missing = names.find((name) => files.read(name) === undefined);
  const text = names.length === 0 ? stdin : names.map((name) => files.read(name) ?? '').join('');
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const found = lines.filter((line) => expression.test(line) !== flags.includes('v'));
  const out = flags.includes('q')
    ? ''
    : flags.includes('c')
      ? `${found.length}\n`
      : found.map((line) => `${line}\n`).join('');
  return {
    out,
    ...(missing !== undefined && { err: `grep: ${missing}: No such file or directory\n` }),
    code: missing !== undefined && found.length === 0 ? 2 : Number(found.length === 0),
  };
};

/** `printf`: what is left over of the words goes through the format again. */
const printf: Program = ({ args: [format = '', ...words] }) => {
  const escaped = (text: string): string =>
    text.replaceAll(
      /\\([nt0\\])/g,
      (_, letter: string) => ({ n: '\n', t: '\t', '0': '\0' })[letter] ?? '\\',
    );
  let out = '';
  const left = [...words];
  do {
    const before = left.length;
    out += escaped(format).replaceAll(/%(?:%|[-\d]*([sdbq]))/g, (_, kind?: string) =>
      kind === undefined ? '%' : (left.shift() ?? (kind === 'd' ? '0' : '')),
    );
    if (left.length === before) break;
  } while (left.length > 0);
  return { out };
};

const mkdir: Program = ({ args, files }) => {
  const { words, options } = splitArgs(args, ['-m']);
  const parents = [...options.keys()].some((option) => /^-\w*p|^--parents/.test(option));
  for (const path of words) {
    if (!parents && files.isDirectory(path))
      return usage('mkdir', `cannot create directory '${path}': File exists`);
    const parent = path.replace(/\/+$/, '').replace(/\/[^/]*$/, '') || '/';
    if ((!parents && !files.isDirectory(parent)) || !files.makeDirectory(path))
      return usage('mkdir', `cannot create directory '${path}': No such file or directory`);
  }
  return {};
};

const NUMBERS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
};

function holds(words: readonly string[], context: Context): boolean {
  const { files, vm } = context;
  const or = words.indexOf('-o');
  if (or > 0) return holds(words.slice(0, or), context) || holds(words.slice(or + 1), context);
  const and = words.indexOf('-a');
  if (and > 0) return holds(words.slice(0, and), context) && holds(words.slice(and + 1), context);
  const [first = '', second = '', third = ''] = words;
  if (first === '!' && words.length > 1) return !holds(words.slice(1), context);
  if (words.length === 3) {
    if (second === '=' || second === '==') return first === third;
    if (second === '!=') return first !== third;
    if (Object.hasOwn(NUMBERS, second)) return NUMBERS[second]!(Number(first), Number(third));
  }
  if (words.length < 2) return first !== '';
  const text = files.read(second);
  switch (first) {
    case '-n':
      return second !== '';
    case '-z':
      return second === '';
    case '-d':
      return files.isDirectory(second);
    case '-s':
      return (text ?? '') !== '';
    case '-x':
      return text !== undefined || files.isDirectory(second) || isProgram(second, vm);
    case '-e':
    case '-r':
    case '-w':
      return text !== undefined || files.isDirectory(second);
    case '-f':
      return text !== undefined;
    default:
      return false;
  }
}

const test: Program = (context): Partial<Result> => {
  const { args } = context;
  return { code: holds(args.at(-1) === ']' ? args.slice(0, -1) : args, context) ? 0 : 1 };
};

export const TEXT_PROGRAMS: Readonly<Record<string, Program>> = {
  grep,
  mkdir,
  printf,
  test,
  '[': test,
};
