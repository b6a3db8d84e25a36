import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../../bin/run.js', import.meta.url));

/** The words of the command line with which a process of its own reads data into the cache. */
export function refreshWords(name: string, context: string | undefined): string[] {
  return ['complete', '--refresh', name, ...(context === undefined ? [] : [context])];
}

/** Reads in the background: the prompt does not wait for a server. */
export function refreshInBackground(name: string, context: string | undefined): void {
  const child = spawn(process.execPath, [entry, ...refreshWords(name, context)], {
    detached: true,
    stdio: 'ignore',
    // A password manager may not ask for anything at a prompt that is being completed.
    env: { ...process.env, PMX_NO_INPUT: '1' },
  });
  child.on('error', () => undefined);
  child.unref();
}
