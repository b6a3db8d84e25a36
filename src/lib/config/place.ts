import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this pmx: that of its package.json. */
export const ownFolder = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '');

/** Where a standalone archive was unpacked: `lib` leads to one of its `versions`. */
export interface Standalone {
  /** The folder with `bin`, `lib` and `versions`. */
  root: string;
  /** The folder in `versions` that this pmx runs from. */
  version: string;
}

/** Undefined for a pmx that came in another way. */
export function standaloneOf(folder = ownFolder): Standalone | undefined {
  const [, root, version] = /^(.+)\/versions\/([^/]+)\/node_modules\/pmx-cli$/.exec(folder) ?? [];
  if (root === undefined || version === undefined) return undefined;
  const link = lstatSync(join(root, 'lib'), { throwIfNoEntry: false });
  return link?.isSymbolicLink() ? { root, version } : undefined;
}

/**
 * A path of this pmx as it can be written down for later: one that is still right when another version
 * is in use.
 */
export function lasting(path: string, place = standaloneOf()): string {
  if (!place) return path;
  const own = join(place.root, 'versions', place.version);
  return path.startsWith(`${own}/`) ? join(place.root, 'lib', path.slice(own.length + 1)) : path;
}

interface OwnPackage {
  name: string;
  version: string;
  repository?: string | { url?: string };
}

export function ownPackage(folder = ownFolder): OwnPackage {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as OwnPackage;
}
