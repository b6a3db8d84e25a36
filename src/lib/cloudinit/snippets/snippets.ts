import { readFile } from 'node:fs/promises';

import { RequestError } from '@pmx-cli/kit/errors';

import { closest } from '../../inventory/closest.js';
import { checkSnippet, type Snippet } from './check-snippet.js';

export type { PackageManager, Snippet } from './check-snippet.js';

/** What came with pmx; data/ has one file for each. */
export async function loadSnippets(): Promise<Snippet[]> {
  const path = new URL('./snippets.json', import.meta.url);
  return JSON.parse(await readFile(path, 'utf8')) as Snippet[];
}

/**
 * By id, or a file of one's own: what has a slash in it or ends with .yaml.
 * @throws RequestError `PMX_SNIPPET_UNKNOWN`, `PMX_SNIPPET_INVALID`, `PMX_FILE_UNREADABLE`
 */
export async function findSnippets(names: readonly string[]): Promise<Snippet[]> {
  const known = await loadSnippets();
  return Promise.all(
    [...new Set(names)].map(async (name) => {
      if (/\/|\.ya?ml$/.test(name)) return ownSnippet(name);
      const found = known.find(({ id }) => id === name);
      if (found) return found;
      const offers = closest(
        name,
        known.map(({ id }) => id),
      );
      throw new RequestError({
        code: 'PMX_SNIPPET_UNKNOWN',
        message: `There is no snippet '${name}'.`,
        hints: [
          ...(offers.length > 0 ? [`Did you mean ${offers.join(' or ')}?`] : []),
          'See all of them: pmx template snippet list',
          'One of your own: --snippet ./mine.yaml',
        ],
      });
    }),
  );
}

async function ownSnippet(path: string): Promise<Snippet> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RequestError({
      code: 'PMX_FILE_UNREADABLE',
      message: `The snippet ${path} cannot be read: ${error.code === 'ENOENT' ? 'it does not exist' : error.message}.`,
      hints: ['One that came with pmx has no slash: --snippet docker'],
      cause: error,
    });
  });
  const { parse } = await import('yaml');
  let problems: string[];
  let value: unknown;
  try {
    value = parse(text);
    problems = checkSnippet(value);
  } catch {
    problems = ['it is no YAML'];
  }
  if (problems.length === 0) return value as Snippet;
  throw new RequestError({
    code: 'PMX_SNIPPET_INVALID',
    message: `The snippet ${path} is not valid: ${problems.join('; ')}.`,
    hints: ['One to copy from: pmx template snippet show docker -o yaml'],
  });
}
