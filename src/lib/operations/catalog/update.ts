import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { Json, Plan } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { getText } from '../../catalog/fetch/web.js';
import type { CatalogEntry } from '../../catalog/index.js';
import { parseEntries } from '../../catalog/user-file.js';

export interface CatalogUpdate {
  file: string;
  source: string;
  changed: boolean;
  entries: number;
  /** Ids. */
  added: string[];
  updated: string[];
  removed: string[];
}

export interface CatalogUpdateRequest {
  /** URL or file; where the setting catalogSource points. */
  source: string | undefined;
  /** The user's copy: setting catalog. */
  file: string | undefined;
  /** Only look. */
  check: boolean;
  signal: AbortSignal;
}

/**
 * The user's copy of a catalogue becomes what its source says now, if that is valid.
 * @throws RequestError `PMX_CATALOG_SOURCE`, `PMX_CATALOG_UNREADABLE`, `PMX_CATALOG_INVALID`
 * @throws SurroundingsError `PMX_DOWNLOAD_…`
 */
export async function planCatalogUpdate(request: CatalogUpdateRequest): Promise<Plan> {
  const { source, check, signal } = request;
  if (source === undefined) throw noSource();
  if (request.file === undefined) throw noFile();
  const file = resolve(request.file);
  const text = await readSource(source, signal);
  const wanted = parseEntries(text, source);
  const now = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const result: CatalogUpdate = {
    file,
    source,
    changed: text !== now,
    entries: wanted.length,
    ...differences(entriesOf(now), wanted),
  };
  const { removed } = result;
  return {
    operation: 'catalog.update',
    target: `catalogue ${file}`,
    title: `Write ${wanted.length} entries of ${source} to ${file}`,
    steps:
      check || !result.changed
        ? []
        : [
            {
              id: 'save',
              title: `Write ${file}`,
              kind: 'catalog.save',
              args: { file, text, expected: now === undefined ? null : digestOf(now) },
              undo: [
                {
                  title: `Restore ${file}`,
                  kind: 'catalog.save',
                  args: { file, text: now ?? null, expected: digestOf(text) },
                },
              ],
            },
          ],
    ...(removed.length > 0 &&
      !check && {
        asks: `Entries that ${source} does not have would go from ${file}: ${removed.join(', ')}`,
        notes: [`Entries that go: ${removed.join(', ')}.`],
      }),
    result: result as unknown as { [key: string]: Json },
    local: true,
  };
}

async function readSource(source: string, signal: AbortSignal): Promise<string> {
  if (/^https?:\/\//.test(source)) return getText(source, signal);
  try {
    return await readFile(source, 'utf8');
  } catch (error) {
    throw new RequestError({
      code: 'PMX_CATALOG_UNREADABLE',
      message: `The catalogue file ${source} cannot be read: ${(error as Error).message}.`,
      hints: ['It is named by the setting catalogSource, or --from.'],
      cause: error,
    });
  }
}

/** A copy that is damaged has nothing worth to compare. */
function entriesOf(text: string | undefined): CatalogEntry[] {
  try {
    return text === undefined ? [] : parseEntries(text, '');
  } catch {
    return [];
  }
}

function differences(
  before: readonly CatalogEntry[],
  after: readonly CatalogEntry[],
): Pick<CatalogUpdate, 'added' | 'updated' | 'removed'> {
  const old = new Map(before.map((entry) => [entry.id, JSON.stringify(entry)]));
  const ids = new Set(after.map(({ id }) => id));
  return {
    added: after.filter(({ id }) => !old.has(id)).map(({ id }) => id),
    updated: after
      .filter((entry) => old.has(entry.id) && old.get(entry.id) !== JSON.stringify(entry))
      .map(({ id }) => id),
    removed: [...old.keys()].filter((id) => !ids.has(id)),
  };
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function noSource(): RequestError {
  return new RequestError({
    code: 'PMX_CATALOG_SOURCE',
    message:
      'Nothing says where a newer catalogue comes from: pmx has no publisher of its own for it, and the one that came with pmx changes with pmx.',
    hints: [
      'Name yours: pmx config set catalogSource https://example.org/catalog.yaml',
      'Or for this once: --from FILE or URL',
    ],
  });
}

function noFile(): RequestError {
  return new RequestError({
    code: 'PMX_CATALOG_SOURCE',
    message: 'Nothing says which file is your copy of the catalogue.',
    hints: ['Name it: pmx config set catalog ~/.config/pmx/catalog.yaml'],
  });
}
