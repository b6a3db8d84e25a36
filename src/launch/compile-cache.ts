import module from 'node:module';
import { join } from 'node:path';

import { openFolder, resolvePaths } from '../lib/config/paths.js';

/**
 * Keeps compiled code from one start to the next. Not in the shared folder for temporary files, which
 * is Node's choice: what lies there could have been put there by somebody else.
 */
export function keepCompiledCode(env: NodeJS.ProcessEnv = process.env): void {
  // NODE_COMPILE_CACHE has switched it on already, or the user does not want it.
  if (module.getCompileCacheDir() !== undefined || env['NODE_DISABLE_COMPILE_CACHE']) return;
  const folder = cacheFolder(env);
  try {
    openFolder(folder);
    module.enableCompileCache(folder);
  } catch {
    // Nothing can be kept there.
  }
}

/** Where compiled code is kept, there or not. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(resolvePaths(env).cache, 'compiled');
}
