import type { GuestExecArgs, GuestExecEnd } from '@pmx-cli/kit';
import { SurroundingsError } from '@pmx-cli/kit/errors';

import { textEncoding } from '../../reach/file-read.js';
import { awaitProgram, startProgram } from './guest-agent.js';
import type { StepContext, StepHandler } from './handler.js';

/** A program in a guest: started once and never again, its output held and not journaled. */
export const guestExec: StepHandler<'guest.exec'> = {
  async run(args, context) {
    const pve = await context.pve();
    const command = context.resolve(args.command) as string[];
    const input = args.input === undefined ? undefined : (context.resolve(args.input) as string);
    const pid = await startProgram(
      pve,
      args,
      command,
      input === undefined ? undefined : Buffer.from(input, 'base64'),
    );
    context.bind({ [args.pid.$var]: pid });
    return end(args, context, pid);
  },

  async recover(args, context) {
    const pid = context.resolve<unknown>(args.pid) as number | null;
    // Who goes on waits for its end; who has just been stopped wants to know what is, not to wait again.
    if (pid !== null)
      return end(context.begunEarlier ? args : { ...args, timeoutSeconds: 0 }, context, pid);
    throw new SurroundingsError({
      code: 'PMX_OUTCOME_UNKNOWN',
      message: `Nobody can tell whether the program was started in VM ${args.vmid}.`,
      hints: ['Look in the guest, then run it again if it has to be.'],
    });
  },
};

async function end(
  args: GuestExecArgs,
  context: StepContext,
  pid: number,
): Promise<GuestExecEnd & { pid: number }> {
  const ended = await awaitProgram(await context.pve(), args, pid, context, args.timeoutSeconds);
  const encoding = textEncoding(ended.stdout, ended.stderr);
  context.hold(args.holds.stdout, ended.stdout.toString(encoding));
  context.hold(args.holds.stderr, ended.stderr.toString(encoding));
  const { exitCode, signal, truncated } = ended;
  return { pid, exitCode, signal, truncated, encoding };
}
