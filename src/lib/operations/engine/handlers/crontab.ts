import { spawn } from 'node:child_process';

import { SurroundingsError } from '@pmx-cli/kit/errors';

const patience = 10_000;

interface Ended {
  /** Undefined where there is no such program, or it does not end. */
  code: number | undefined;
  stdout: string;
  stderr: string;
}

function crontab(words: readonly string[], input: string): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn('crontab', words, { timeout: patience });
    const ended: Ended = { code: undefined, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (ended.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (ended.stderr += text));
    child.on('error', () => resolve(ended));
    child.on('close', (code) => resolve({ ...ended, code: code ?? undefined }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** The user's crontab, empty where there is none; undefined where there is no cron. */
export async function readCrontab(): Promise<string | undefined> {
  const { code, stdout, stderr } = await crontab(['-l'], '');
  if (code === 0) return stdout;
  return code !== undefined && /no crontab/i.test(stderr) ? '' : undefined;
}

/** @throws SurroundingsError `PMX_CRONTAB_REFUSED` */
export async function writeCrontab(text: string): Promise<void> {
  const { code, stderr } = await crontab(['-'], text);
  if (code === 0) return;
  throw new SurroundingsError({
    code: 'PMX_CRONTAB_REFUSED',
    message: `crontab does not take the new line: ${stderr.trim().split('\n')[0] || `it ended with ${code ?? 'no answer'}`}.`,
    hints: ['See whether you may use it: crontab -l, /etc/cron.allow'],
  });
}
