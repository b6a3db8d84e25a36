import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, renameSync } from 'node:fs';
import { constants } from 'node:os';
import { buffer } from 'node:stream/consumers';

import type { ProcessRunArgs, StepResult } from '@pmx-cli/kit';
import { InterruptedError, SurroundingsError } from '@pmx-cli/kit/errors';

import { textEncoding } from '../../reach/file-read.js';
import type { StepContext, StepHandler } from './handler.js';

/** A program of this machine between files, or whose output is the result. */
export const processRun: StepHandler<'process.run'> = {
  async run(args, context) {
    const { output } = args;
    const input = args.input === undefined ? 'ignore' : openSync(args.input, 'r');
    // Nobody else may look into what is copied out of a guest before it has its mode.
    const file = output && openSync(output.temporary, 'wx', 0o600);
    try {
      const result = await ended(args, context, input, file ?? (args.holds ? 'pipe' : 'ignore'));
      if (args.mustSucceed === true && result.exitCode !== 0) throw failed(args, result.exitCode);
      if (file === undefined || result.exitCode !== 0) return result;
      const bytes = fstatSync(file).size;
      renameSync(output!.temporary, output!.path);
      return { ...result, bytes };
    } finally {
      for (const open of [input, file]) if (typeof open === 'number') closeSync(open);
    }
  },
  async recover({ program }) {
    throw new SurroundingsError({
      code: 'PMX_OUTCOME_UNKNOWN',
      message: `${program} was started, and nobody saw its end.`,
      hints: ['Look at what it was to do, then start it anew.'],
    });
  },
};

async function ended(
  args: ProcessRunArgs,
  context: StepContext,
  input: number | 'ignore',
  output: number | 'pipe' | 'ignore',
): Promise<StepResult & { exitCode: number }> {
  const { program, holds } = args;
  const words = context.resolve(args.arguments) as string[];
  const child = spawn(program, words, { stdio: [input, output, holds ? 'pipe' : 2] });
  const stop = (): void => void child.kill('SIGTERM');
  context.signal.addEventListener('abort', stop, { once: true });
  try {
    const [exitCode, stdout, stderr] = await Promise.all([
      codeOf(child, args),
      child.stdout ? buffer(child.stdout) : Buffer.alloc(0),
      child.stderr ? buffer(child.stderr) : Buffer.alloc(0),
    ]);
    if (context.signal.aborted) throw new InterruptedError();
    if (!holds) return { exitCode };
    const encoding = textEncoding(stdout, stderr);
    context.hold(holds.stdout, stdout.toString(encoding));
    context.hold(holds.stderr, stderr.toString(encoding));
    return { exitCode, encoding };
  } finally {
    context.signal.removeEventListener('abort', stop);
  }
}

function codeOf(child: ChildProcess, { program, hint }: ProcessRunArgs): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new SurroundingsError({
          code: 'PMX_PROGRAM_MISSING',
          message:
            error.code === 'ENOENT'
              ? `${program} is not installed on this machine.`
              : `${program} cannot be started (${error.code ?? error.message}).`,
          hints: [hint],
          data: { seen: true },
          cause: error,
        }),
      ),
    );
    child.once('close', (code, signal) => resolve(code ?? 128 + (constants.signals[signal!] ?? 0)));
  });
}

/** `seen`: it is certain that it failed, and nobody has to find out. */
function failed({ program, unknownCode }: ProcessRunArgs, exitCode: number): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_PROGRAM_FAILED',
    message: `${program} ended with ${exitCode}.`,
    hints: ['It said why on stderr.'],
    data: { exitCode, ...(exitCode !== unknownCode && { seen: true }) },
  });
}
