import { spawn } from 'node:child_process';

import { canRedraw } from './style.js';

type Env = NodeJS.ProcessEnv;

/**
 * The pager for a text, when there is a terminal that it does not fit onto: `PMX_PAGER`, else the
 * setting, else `PAGER`, which is for all programs, else less. An empty one, or cat, means none.
 */
export function pagerFor(
  text: string,
  stdout: NodeJS.WritableStream,
  setting: string | undefined,
  env: Env = process.env,
): string | undefined {
  if (!canRedraw(stdout, env) || env['CI'] || stdout.rows === undefined) return undefined;
  if (text.split('\n').length < stdout.rows) return undefined;
  const pager = env['PMX_PAGER'] ?? setting ?? env['PAGER'] ?? 'less';
  return pager === '' || pager === 'cat' ? undefined : pager;
}

/**
 * Shows a text with a pager until its reader leaves it.
 * @returns false when the pager could not be started, so that the text was not seen
 */
export function page(text: string, pager: string, env: Env = process.env): Promise<boolean> {
  return new Promise((resolve) => {
    // A pager may come with options, so it is a command line for the shell, as with git.
    const child = spawn(pager, {
      shell: true,
      stdio: ['pipe', 'inherit', 'inherit'],
      // Leaves what fits on the screen, keeps colours, does not clear at the end.
      env: { LESS: 'FRX', ...env },
    });
    child.once('error', () => resolve(false));
    // 126 and 127 are the shell's words for a program that cannot be run.
    child.once('close', (code) => resolve(code !== 126 && code !== 127));
    // Left before the end was read.
    child.stdin.once('error', () => undefined);
    child.stdin.end(text);
  });
}
