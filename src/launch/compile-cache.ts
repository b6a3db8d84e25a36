import { accessSync, constants, mkdirSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Keeps compiled code from one start to the next. Not in the shared folder for temporary files, which
 * is Node's choice: what lies there could have been put there by somebody else.
 */
export function keepCompiledCode(env: NodeJS.ProcessEnv = process.env): void {
  // NODE_COMPILE_CACHE has switched it on already, or the user does not want it.
  if (module.getCompileCacheDir() !== undefined || env['NODE_DISABLE_COMPILE_CACHE']) return;
  const folder = cacheFolder(env);
  if (folder !== undefined) module.enableCompileCache(folder);
}

/** Undefined where nothing can be kept. */
function cacheFolder(env: NodeJS.ProcessEnv): string | undefined {
  const { PMX_HOME: root, XDG_CACHE_HOME: cache } = env;
  const folders = root
    ? [root, join(root, 'cache')]
    : [cache || join(homedir(), '.cache'), join(cache || join(homedir(), '.cache'), 'pmx')];
  const compiled = join(folders.at(-1)!, 'compiled');
  try {
    // One by one: where a folder cannot be made for want of its parent, as below /proc, Node's
    // recursive mkdir goes on for ever.
    for (const folder of [...folders, compiled]) makeFolder(folder);
    accessSync(compiled, constants.W_OK);
    return compiled;
  } catch {
    return undefined;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
