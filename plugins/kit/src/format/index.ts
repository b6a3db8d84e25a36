import { RequestError } from '../errors/index.js';

/** What `-o` may ask for. */
export type OutputFormat =
  | { readonly type: 'table' | 'wide' | 'json' | 'jsonl' | 'yaml' | 'csv' | 'name' }
  | { readonly type: 'custom-columns'; readonly columns: readonly CustomColumn[] }
  | { readonly type: 'jsonpath'; readonly template: string };

/** `NAME:.path` of `-o custom-columns=…`. */
export interface CustomColumn {
  readonly header: string;
  /** A JSONPath without the leading `$`: `.tags[0]`. */
  readonly path: string;
}

const plain = ['table', 'wide', 'json', 'jsonl', 'yaml', 'csv', 'name'] as const;
const known = `${plain.join(', ')}, custom-columns=HEADER:.path,…, jsonpath={.path}`;

/** `-o` as kubectl has it. @throws RequestError `PMX_OUTPUT_FORMAT` */
export function parseOutputFormat(text: string): OutputFormat {
  const type = plain.find((name) => name === text);
  if (type) return { type };
  const [kind, rest] = splitOnce(text, '=');
  if (kind === 'jsonpath' && rest) return { type: kind, template: rest };
  if (kind === 'custom-columns' && rest) return { type: kind, columns: customColumns(rest) };
  throw wrongFormat(`-o ${text} is no output format.`, [`There are: ${known}.`]);
}

function customColumns(text: string): CustomColumn[] {
  return text.split(',').map((part) => {
    const [header, path] = splitOnce(part, ':');
    if (!header || !path) {
      throw wrongFormat(`'${part}' is no column: it takes HEADER:.path.`, [
        'For example -o custom-columns=ID:.vmid,NAME:.name',
      ]);
    }
    return { header, path: path.startsWith('.') || path.startsWith('[') ? path : `.${path}` };
  });
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

function wrongFormat(message: string, hints: string[]): RequestError {
  return new RequestError({
    code: 'PMX_OUTPUT_FORMAT',
    message,
    hints: [...hints, 'pmx help formats'],
  });
}

/** Everything but the tables that people read. */
export function isMachineFormat({ type }: OutputFormat): boolean {
  return type !== 'table' && type !== 'wide';
}

/**
 * The format that a command line asks for, read before it is parsed: errors of the parsing have to
 * come in it, too. What cannot be understood counts as a table; the parser tells later.
 * @returns undefined when it asks for none
 */
export function requestedFormat(
  argv: readonly string[],
  env = process.env,
): OutputFormat | undefined {
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  if (own.includes('--json')) return { type: 'json' };
  const at = own.findIndex((word) => /^(?:-o|--output)(?:=|$)|^-o./.test(word));
  const word = own[at];
  const text =
    word === undefined
      ? env['PMX_OUTPUT']
      : word === '-o' || word === '--output'
        ? own[at + 1]
        : word.replace(/^(?:-o=?|--output=)/, '');
  if (!text) return undefined;
  try {
    return parseOutputFormat(text);
  } catch {
    return { type: 'table' };
  }
}
