import { readFile } from 'node:fs/promises';

import { RequestError } from '@pmx-cli/kit/errors';

import { closest } from '../inventory/closest.js';
import type { Arch, CatalogEntry } from './types.js';

/** Every distribution that pmx knows, and what a file of the user's adds or replaces. */
export class Catalog {
  readonly entries: readonly CatalogEntry[];

  constructor(entries: readonly CatalogEntry[]) {
    this.entries = entries;
  }

  /**
   * By id or alias.
   * @throws RequestError `PMX_DISTRIBUTION_NOT_FOUND`
   */
  find(name: string): CatalogEntry {
    const wanted = name.toLowerCase();
    const found = this.entries.find(
      ({ id, aliases }) => id === wanted || aliases?.includes(wanted),
    );
    if (found) return found;
    const offers = closest(
      wanted,
      this.entries.flatMap(({ id, aliases }) => [id, ...(aliases ?? [])]),
    );
    throw new RequestError({
      code: 'PMX_DISTRIBUTION_NOT_FOUND',
      message: `The catalogue has no distribution '${name}'.`,
      hints: [
        ...(offers.length > 0 ? [`Did you mean ${offers.map((o) => `'${o}'`).join(' or ')}?`] : []),
        'See all of them: pmx catalog list',
        'An image from elsewhere: pmx template create --url URL',
      ],
    });
  }

  /** Entries that have every word somewhere in what describes them. */
  search(words: readonly string[]): CatalogEntry[] {
    const wanted = words.map((word) => word.toLowerCase());
    return this.entries.filter((entry) => {
      const { id, distribution, version, codename, aliases, provisioning, user, status } = entry;
      const text = [id, distribution, version, codename, ...(aliases ?? []), provisioning, user]
        .concat(status, Object.keys(entry.arch))
        .join(' ')
        .toLowerCase();
      return wanted.every((word) => text.includes(word));
    });
  }
}

/** The catalogue that came with pmx. Not loaded at start-up: it is bigger than most commands. */
export async function loadCatalog(userFile?: string): Promise<Catalog> {
  const path = new URL('./catalog.json', import.meta.url);
  const own = JSON.parse(await readFile(path, 'utf8')) as CatalogEntry[];
  if (userFile === undefined) return new Catalog(own);
  const { readEntries } = await import('./user-file.js');
  const added = await readEntries(userFile);
  const replaced = new Set(added.map(({ id }) => id));
  return new Catalog([...added, ...own.filter(({ id }) => !replaced.has(id))]);
}

/** `amd64` and `arm64` are what Debian calls them. */
export function parseArch(text: string): Arch {
  const arch = { x86_64: 'x86_64', amd64: 'x86_64', aarch64: 'aarch64', arm64: 'aarch64' }[text];
  if (arch !== undefined) return arch as Arch;
  throw new RequestError({
    code: 'PMX_ARCH_UNKNOWN',
    message: `Architecture '${text}' is not known: it must be x86_64 or aarch64.`,
    hints: ['Also understood: amd64, arm64.'],
  });
}

/** @throws RequestError `PMX_ARCH_UNAVAILABLE` */
export function requireArch(entry: CatalogEntry, arch: Arch): string {
  const spelled = entry.arch[arch];
  if (spelled !== undefined) return spelled;
  throw new RequestError({
    code: 'PMX_ARCH_UNAVAILABLE',
    message: `There is no image of ${entry.id} for ${arch}, only for ${Object.keys(entry.arch).join(' and ')}.`,
    hints: [`Others that have one: pmx catalog search ${arch}`],
  });
}
