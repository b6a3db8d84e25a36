import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Paths } from '@pmx-cli/kit';

/**
 * Where pmx keeps its files: XDG base directories, or everything below `PMX_HOME`.
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function resolvePaths(env: NodeJS.ProcessEnv = process.env): Paths {
  const { PMX_HOME: root } = env;
  if (root) {
    return {
      config: join(root, 'config'),
      data: join(root, 'data'),
      state: join(root, 'state'),
      cache: join(root, 'cache'),
    };
  }
  const home = homedir();
  const base = (variable: string, fallback: string): string =>
    join(env[variable] || join(home, fallback), 'pmx');
  return {
    config: base('XDG_CONFIG_HOME', '.config'),
    data: base('XDG_DATA_HOME', '.local/share'),
    state: base('XDG_STATE_HOME', '.local/state'),
    cache: base('XDG_CACHE_HOME', '.cache'),
  };
}

/** Undefined where the folder that pmx was started in has been removed: then it holds no project. */
export function workingFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/** Makes the folder unless it is there. @throws when nothing can be kept there */
export function openFolder(folder: string): void {
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder)
      throw error;
    // One by one: where a folder cannot be made for want of its parent, as below /proc, Node's
    // recursive mkdir goes on for ever.
    openFolder(dirname(folder));
    makeFolder(folder);
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
