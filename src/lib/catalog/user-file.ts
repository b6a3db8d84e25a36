import { readFile } from 'node:fs/promises';

import { RequestError } from '@pmx-cli/kit/errors';
import { parse } from 'yaml';

import type { CatalogEntry } from './types.js';
import { checkEntries } from './validate.js';

/**
 * Entries of a file of the user's.
 * @throws RequestError `PMX_CATALOG_UNREADABLE`, `PMX_CATALOG_INVALID`
 */
export async function readEntries(file: string): Promise<CatalogEntry[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
  return parseEntries(text, file);
}

/** @throws RequestError `PMX_CATALOG_UNREADABLE`, `PMX_CATALOG_INVALID` */
export function parseEntries(text: string, file: string): CatalogEntry[] {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw unreadable(file, error);
  }
  const [problem] = checkEntries(value);
  if (problem === undefined) return value as CatalogEntry[];
  throw new RequestError({
    code: 'PMX_CATALOG_INVALID',
    message: `The catalogue file ${file} is not valid: ${problem}.`,
    hints: ['One to copy from: pmx catalog show debian-13 -o yaml'],
  });
}

function unreadable(file: string, error: unknown): RequestError {
  return new RequestError({
    code: 'PMX_CATALOG_UNREADABLE',
    message: `The catalogue file ${file} cannot be read: ${(error as Error).message.split('\n')[0]}.`,
    hints: ['It is named by the setting catalog: pmx config get catalog'],
    cause: error,
  });
}
