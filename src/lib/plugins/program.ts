import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { constants as system } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

import { SurroundingsError } from '@pmx-cli/kit/errors';

export interface FoundProgram {
  path: string;
  /** What stands behind the words that name it. */
  args: string[];
}

/**
 * The program on PATH that the words of a command line name, as with git and kubectl: of `a b c` the
 * first of pmx-a-b-c, pmx-a-b and pmx-a that is there.
 */
export function findProgram(
  words: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): FoundProgram | undefined {
  const end = words.findIndex((word) => !/^[a-z0-9][a-z0-9._]*(?:-[a-z0-9._]+)*$/i.test(word));
  const named = end < 0 ? words.length : end;
  // Relative entries of PATH would run whatever lies in the folder one happens to be in.
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  for (let count = named; count > 0; count--) {
    const name = ['pmx', ...words.slice(0, count)].join('-');
    const path = folders.map((folder) => join(folder, `${name}${suffix}`)).find(isProgram);
    if (path !== undefined) return { path, args: words.slice(count) };
  }
  return undefined;
}

const suffix = process.platform === 'win32' ? '.exe' : '';

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Hands the terminal over. @returns the exit code, for a signal as shells have it */
export function runProgram(
  { path, args }: FoundProgram,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    // A terminal sends Ctrl-C to both, and it is the program's to answer.
    const ignore = (): void => undefined;
    const handOn = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on('SIGINT', ignore);
    process.on('SIGTERM', handOn);
    const ended = (): void => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', handOn);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      ended();
      reject(
        new SurroundingsError({
          code: 'PMX_PROGRAM_MISSING',
          message: `${path} cannot be started (${error.code ?? error.message}).`,
          hints: ['pmx takes programs called pmx-NAME on PATH for commands.'],
          cause: error,
        }),
      );
    });
    child.once('exit', (code, signal) => {
      ended();
      resolve(code ?? 128 + system.signals[signal!]);
    });
  });
}
