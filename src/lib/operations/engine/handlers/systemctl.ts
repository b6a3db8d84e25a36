import { execFile } from 'node:child_process';

import { SurroundingsError } from '@pmx-cli/kit/errors';

const patience = 10_000;
/** systemd is there and takes orders; a unit that failed is none of our business. */
const working = new Set(['running', 'degraded', 'starting']);

interface Ended {
  /** Undefined when there is no such program. */
  code: number | undefined;
  stdout: string;
  stderr: string;
}

function call(program: string, words: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, words, { timeout: patience }, (error, stdout, stderr) => {
      const failure = error as (Error & { code?: number | string }) | null;
      const code = failure === null ? 0 : failure.code;
      resolve({ code: typeof code === 'number' ? code : undefined, stdout, stderr });
    });
  });
}

/** @returns why the user's systemd takes no orders here; undefined when it does */
export async function userSystemd(): Promise<string | undefined> {
  const { code, stdout, stderr } = await call('systemctl', ['--user', 'is-system-running']);
  const state = stdout.trim();
  if (working.has(state)) return undefined;
  if (code === undefined && state === '') return 'systemctl is not here, or does not answer';
  return stderr.trim().split('\n')[0] || `systemctl --user says ${state || `code ${code}`}`;
}

/** Does the user's systemd run while the user is logged out? */
export async function lingers(): Promise<boolean> {
  const { stdout } = await call('loginctl', ['show-user', '--property=Linger', '--value']);
  return stdout.trim() === 'yes';
}

/** @throws SurroundingsError `PMX_TIMER_REFUSED` */
export async function userSystemctl(...words: string[]): Promise<void> {
  const { code, stderr, stdout } = await call('systemctl', ['--user', ...words]);
  if (code === 0) return;
  throw new SurroundingsError({
    code: 'PMX_TIMER_REFUSED',
    message: `'systemctl --user ${words.join(' ')}' ended with ${code ?? 'no answer'}: ${`${stderr}${stdout}`.trim().split('\n')[0]!}`,
    hints: [
      'See what is wrong with it: systemctl --user status',
      'cron does as well: pmx schedule add --with cron, or "pmx time restore --due" in the crontab.',
    ],
  });
}
