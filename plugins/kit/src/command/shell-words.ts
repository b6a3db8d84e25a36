import { RequestError } from '../errors/index.js';

/**
 * A command line → its words, as a POSIX shell splits them: quotes and backslashes, no expansion.
 * @throws RequestError `PMX_INVALID_COMMAND_LINE`
 */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "'") {
      const end = line.indexOf("'", at + 1);
      if (end < 0) throw unfinished(line, 'a single quote is not closed');
      word = (word ?? '') + line.slice(at + 1, end);
      at = end;
    } else if (character === '"') {
      const { value, end } = inDoubleQuotes(line, at + 1);
      word = (word ?? '') + value;
      at = end;
    } else if (character === '\\') {
      if (at + 1 >= line.length) throw unfinished(line, 'it ends with a backslash');
      word = (word ?? '') + line[++at]!;
    } else {
      word = (word ?? '') + character;
    }
  }
  return word === undefined ? words : [...words, word];
}

function inDoubleQuotes(line: string, from: number): { value: string; end: number } {
  let value = '';
  for (let at = from; at < line.length; at++) {
    if (line[at] === '"') return { value, end: at };
    const escaped = line[at] === '\\' && /["\\$`]/.test(line[at + 1] ?? '');
    value += escaped ? line[++at]! : line[at]!;
  }
  throw unfinished(line, 'a double quote is not closed');
}

function unfinished(line: string, why: string): RequestError {
  return new RequestError({
    code: 'PMX_INVALID_COMMAND_LINE',
    message: `The command line '${line}' cannot be split into words: ${why}.`,
    hints: ['Or give it unquoted behind --: pmx auth can-i -- vm create web-01 --template base'],
  });
}
