import { exitCodeTable, RequestError } from '@pmx-cli/kit/errors';

import { closest } from '../inventory/closest.js';
import { catalogue } from './catalogue/index.js';
import type { ErrorEntry } from './entry.js';

export interface ExitCodeEntry {
  exitCode: number;
  name: string;
  meaning: string;
}

/**
 * `PMX_NO_CONTEXT`, `no-context`, `3` → what is known about it.
 * @throws RequestError `PMX_UNKNOWN_CODE` with the nearest codes
 */
export function explain(word: string): ErrorEntry | ExitCodeEntry {
  return (/^\d+$/.test(word) ? exitCode(Number(word)) : errorCode(word)) ?? unknown(word);
}

function exitCode(number: number): ExitCodeEntry | undefined {
  const row = exitCodeTable.find(({ code }) => code === number);
  return row && { exitCode: row.code, name: row.name, meaning: row.meaning };
}

function errorCode(word: string): ErrorEntry | undefined {
  const name = nameOf(word);
  return catalogue.find(({ code }) => nameOf(code) === name);
}

const prefix = 'PMX_';

/** What differs from code to code: `PMX_NO_CONTEXT`, `pmx-no-context` → `NO_CONTEXT`. */
function nameOf(word: string): string {
  const spelt = word
    .trim()
    .toUpperCase()
    .replaceAll(/[\s_-]+/g, '_');
  return spelt.startsWith(prefix) ? spelt.slice(prefix.length) : spelt;
}

function unknown(word: string): never {
  if (/^\d+$/.test(word)) {
    throw new RequestError({
      code: 'PMX_UNKNOWN_CODE',
      message: `pmx does not end with ${word}.`,
      hints: [`Its exit codes are ${exitCodeTable.map(({ code }) => code).join(', ')}.`],
    });
  }
  const nearest = nearestTo(nameOf(word));
  throw new RequestError({
    code: 'PMX_UNKNOWN_CODE',
    message: `There is no error code '${word}'.`,
    hints: [
      ...(nearest.length > 0 ? [`Did you mean: ${nearest.join(', ')}?`] : []),
      'pmx explain lists all codes.',
    ],
  });
}

const maxNearest = 8;

/** Typing errors first, then codes that the word is a part of. */
function nearestTo(name: string): string[] {
  const names = catalogue.map(({ code }) => nameOf(code));
  const holding = name === '' ? [] : names.filter((known) => `_${known}_`.includes(`_${name}_`));
  return [...new Set([...closest(name, names), ...holding])]
    .slice(0, maxNearest)
    .map((known) => `${prefix}${known}`);
}
