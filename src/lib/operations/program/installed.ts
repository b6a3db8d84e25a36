import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';

import { ownFolder, type Standalone, standaloneOf } from '../../config/place.js';
import { shellWord } from '../../images/refusal.js';

/** Whose business it is to change this pmx; `standalone` is its own. */
export type InstalledBy =
  'standalone' | 'debian' | 'npm' | 'pnpm' | 'yarn' | 'bun' | 'checkout' | 'unknown';

export interface Installed {
  by: InstalledBy;
  /** Of the package, or of the standalone archive. */
  folder: string;
  standalone?: Standalone;
}

/** Looks at where the running pmx lies; asks no program. */
export function installedBy(
  folder = ownFolder,
  exists: (path: string) => boolean = existsSync,
): Installed {
  const standalone = standaloneOf(folder);
  if (standalone) return { by: 'standalone', folder: standalone.root, standalone };
  const path = folder.replaceAll('\\', '/');
  if (path === '/usr/lib/pmx/node_modules/pmx-cli') return { by: 'debian', folder };
  if (exists(join(folder, '.git'))) return { by: 'checkout', folder };
  if (!path.endsWith('/node_modules/pmx-cli')) return { by: 'unknown', folder };
  if (/\/pnpm\/|\/\.pnpm\//.test(path)) return { by: 'pnpm', folder };
  if (/\/yarn\/(?:.*\/)?global\//.test(path)) return { by: 'yarn', folder };
  if (path.includes('/.bun/')) return { by: 'bun', folder };
  return { by: 'npm', folder };
}

export interface CommandWishes {
  version: string;
  /** Where it is not npm's own. */
  registry?: string | undefined;
  /** Folder of the release's files, if anybody knows it. */
  archives?: string | undefined;
  writable?: (path: string) => boolean;
  exists?: (path: string) => boolean;
  platform?: NodeJS.Platform;
}

/** In place of one that whoever reads the command chooses. */
export const anyVersion = 'VERSION';

/** The line that makes it that version, exactly; undefined where nobody can tell. */
export function commandFor(
  { by, folder }: Installed,
  { version, registry, archives, ...around }: CommandWishes,
): string | undefined {
  const { writable = isWritable, exists = existsSync, platform = process.platform } = around;
  const sudo = platform === 'win32' || writable(folder) ? '' : 'sudo ';
  const name = `pmx-cli@${version}`;
  switch (by) {
    case 'standalone':
      return `${sudo}${shellWord(join(folder, 'bin', 'pmx'))} update --to ${version}`;
    case 'debian': {
      const file = `pmx_${version}_${process.arch === 'x64' ? 'amd64' : process.arch}.deb`;
      const fetched = archives === undefined ? '' : `curl -fLO ${shellWord(archives + file)} && `;
      return `${fetched}${sudo}apt install ./${file}`;
    }
    case 'checkout': {
      const at = shellWord(folder);
      const get = version === anyVersion ? `checkout v${version}` : 'pull --ff-only';
      return `git -C ${at} ${get} && npm --prefix ${at} ci && npm --prefix ${at} run build`;
    }
    case 'npm':
      return sudo + npmCommand(folder, name, registry, exists);
    case 'pnpm':
      return `pnpm add --global ${name}`;
    case 'yarn':
      return `yarn global add ${name}`;
    case 'bun':
      return `bun add --global ${name}`;
    case 'unknown':
      return undefined;
  }
}

function npmCommand(
  folder: string,
  name: string,
  registry: string | undefined,
  exists: (path: string) => boolean,
): string {
  const from = registry === undefined ? '' : ` --registry ${shellWord(registry)}`;
  const above = join(folder, '..', '..');
  if (/[/\\]_npx[/\\]/.test(folder)) return `npx --yes${from} ${name}`;
  // A project that has pmx among its dependencies.
  if (exists(join(above, 'package.json')))
    return `npm install --prefix ${shellWord(above)}${from} ${name}`;
  const prefix = /[/\\]lib$/.test(above) ? join(above, '..') : above;
  return `npm install --global --prefix ${shellWord(prefix)}${from} ${name}`;
}

export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
