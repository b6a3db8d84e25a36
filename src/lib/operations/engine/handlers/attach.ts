import { spawn } from 'node:child_process';
import { constants } from 'node:os';

import type { ProcessAttachArgs } from '@pmx-cli/kit';
import { SurroundingsError } from '@pmx-cli/kit/errors';

import type { StepHandler } from './handler.js';

/** A program of this machine that has the terminal until it ends; its signals are its own. */
export const processAttach: StepHandler<'process.attach'> = {
  run: async (args, context) => {
    const words = context.resolve(args.arguments) as string[];
    const exitCode = await context.lendTerminal(() => attached(args, words));
    if (args.mustSucceed === true && exitCode !== 0)
      throw new SurroundingsError({
        code: 'PMX_PROGRAM_FAILED',
        message: `${args.program} ended with ${exitCode}.`,
        hints: ['It said why on stderr.'],
      });
    return { exitCode };
  },
  async recover({ program }) {
    throw new SurroundingsError({
      code: 'PMX_OUTCOME_UNKNOWN',
      message: `${program} had the terminal, and nobody saw its end.`,
      hints: ['Start it anew.'],
    });
  },
};

function attached(
  { program, hint, apart, env }: ProcessAttachArgs,
  words: readonly string[],
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      stdio: apart === true ? ['ignore', 2, 2] : 'inherit',
      ...(env && { env: { ...process.env, ...env } }),
    });
    // A terminal sends Ctrl-C to both; what is meant for pmx alone is handed on.
    const handOn = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on('SIGTERM', handOn);
    process.on('SIGHUP', handOn);
    const ended = (): void => {
      process.off('SIGTERM', handOn);
      process.off('SIGHUP', handOn);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      ended();
      reject(
        new SurroundingsError({
          code: 'PMX_PROGRAM_MISSING',
          message:
            error.code === 'ENOENT'
              ? `${program} is not installed on this machine.`
              : `${program} cannot be started (${error.code ?? error.message}).`,
          hints: [hint],
          cause: error,
        }),
      );
    });
    child.once('close', (code, signal) => {
      ended();
      resolve(code ?? 128 + (constants.signals[signal!] ?? 0));
    });
  });
}
