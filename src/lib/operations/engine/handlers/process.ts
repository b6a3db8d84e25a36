import { spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { readRunning, type StepResult } from '@pmx-cli/kit';
import { SurroundingsError } from '@pmx-cli/kit/errors';

import { repeatable, type StepHandler } from './handler.js';

type Ready = StepResult & { pid: number };

const pollMillis = 100;
const logTailLines = 5;
const killAfterMillis = 2000;

export const processSpawn: StepHandler<'process.spawn'> = {
  async run(args, context): Promise<StepResult> {
    const log = openLog(args.logFile);
    const { size: before } = fstatSync(log);
    const child = spawn(process.execPath, [args.module], {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...(context.resolve(args.env) as Record<string, string>) },
    });
    closeSync(log);
    let ended: string | undefined;
    child.once('exit', (code, signal) => (ended = signal ?? `code ${code}`));
    child.once('error', (error) => (ended = error.message));
    child.unref();
    const deadline = Date.now() + args.timeoutSeconds * 1000;
    try {
      while (ended === undefined && Date.now() < deadline) {
        const ready = readRunning<Ready>(args.readyFile);
        if (ready && ready.pid === child.pid) return ready;
        await context.sleep(pollMillis, context.signal);
      }
    } catch (error) {
      child.kill('SIGTERM');
      // Undo would not find it without its ready file, so nobody leaves before it is gone.
      for (let waited = 0; ended === undefined && waited < killAfterMillis; waited += pollMillis)
        await delay(pollMillis);
      if (ended === undefined) child.kill('SIGKILL');
      throw error;
    }
    if (ended === undefined) child.kill('SIGKILL');
    throw new SurroundingsError({
      code: 'PMX_PROCESS_FAILED',
      message: `The process did not become ready: ${ended ?? `no sign of life within ${args.timeoutSeconds} s`}.`,
      hints: [...tail(args.logFile, before), `Its log: ${args.logFile}`],
    });
  },

  async recover(args) {
    return readRunning<Ready>(args.readyFile);
  },
};

export const processStop = repeatable<'process.stop'>(async (args, context) => {
  const running = readRunning<Ready>(args.readyFile);
  if (!running) return { stopped: false };
  signalProcess(running.pid, 'SIGTERM');
  const deadline = Date.now() + args.timeoutSeconds * 1000;
  // A process may remove its ready file long before it has written its last file.
  while (isThere(running.pid)) {
    if (Date.now() > deadline) signalProcess(running.pid, 'SIGKILL');
    await context.sleep(pollMillis, context.signal);
  }
  await rm(args.readyFile, { force: true });
  return { stopped: true };
});

function openLog(logFile: string): number {
  const folder = dirname(logFile);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return openSync(logFile, 'a', 0o600);
  } catch (error) {
    throw new SurroundingsError({
      code: 'PMX_FOLDER_UNUSABLE',
      message: `${folder} cannot be used: ${(error as Error).message}.`,
      hints: ['Take another folder, or make this one writable.'],
    });
  }
}

/** A process that ends by itself just now is what was wanted. */
function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A zombie has ended; that nobody collects it (a container without init) is not our business. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return process.platform !== 'linux';
  }
}

/** What the process said, and not what an earlier one has left there. */
function tail(logFile: string, from: number): string[] {
  try {
    const said = readFileSync(logFile).subarray(from).toString('utf8').trimEnd();
    return said === '' ? [] : said.split('\n').slice(-logTailLines);
  } catch {
    return [];
  }
}
