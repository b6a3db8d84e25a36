import { homedir } from 'node:os';
import { join } from 'node:path';

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
