import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { PluginManifest } from './manifest.js';

const millis = 30_000;

/**
 * What the commands of a plugin declare, found out by loading them elsewhere: a plugin that ends its
 * process, prints or hangs while it is loaded does nothing to this one.
 * @throws Error when it cannot be found out
 */
export function makeManifest(root: string, name: string): Omit<PluginManifest, 'stamp'> {
  const entry = fileURLToPath(new URL('manifest-process.js', import.meta.url));
  const { output, status, signal, error } = spawnSync(process.execPath, [entry, root, name], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    timeout: millis,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  try {
    return JSON.parse(String(output?.[3] ?? '')) as Omit<PluginManifest, 'stamp'>;
  } catch {
    const said = String(output?.[2] ?? '')
      .split('\n')
      .find((line) => /Error/.test(line));
    throw new Error(
      error?.message ?? said ?? `it ended while it was loaded (${signal ?? `code ${status}`})`,
    );
  }
}
