import type { GuestRunArgs, StepResult } from '@pmx-cli/kit';
import { isPmxError, ProxmoxError } from '@pmx-cli/kit/errors';

import { runProgram } from './guest-agent.js';
import { repeatable, type StepContext } from './handler.js';

/** As much of an output as a report has room for. */
const detailLength = 500;

/** A look into a guest, or a change to it that may be made twice. */
export const guestRun = repeatable<'guest.run'>(async (args, context): Promise<StepResult> => {
  const vmid = context.resolve<unknown>(args.vmid) as number;
  const { ok, detail } = await judged(args, vmid, context);
  if (!ok && args.mustSucceed)
    throw new ProxmoxError({
      code: 'PMX_GUEST_PROGRAM_FAILED',
      message: `'${args.called ?? args.command.join(' ')}' failed in VM ${vmid}: ${detail}`,
      hints: ['With --keep-on-failure the VM stays for a look at it.'],
    });
  return { ok, detail };
});

async function judged(
  args: GuestRunArgs,
  vmid: number,
  context: StepContext,
): Promise<{ ok: boolean; detail: string }> {
  try {
    const pve = await context.pve();
    const ended = await runProgram(
      pve,
      { node: args.node, vmid },
      args.command,
      context,
      undefined,
      args.timeoutSeconds,
    );
    const output = `${ended.stdout.toString()}${ended.stderr.toString()}`.trim();
    // What a look has found stands at the beginning, why a change failed at the end.
    const detail = args.mustSucceed ? output.slice(-detailLength) : output.slice(0, detailLength);
    if (args.expect !== undefined) return { ok: new RegExp(args.expect, 'm').test(output), detail };
    if (args.atLeast !== undefined) {
      const number = Number(/(\d+)\D*$/.exec(output)?.[1] ?? NaN);
      return { ok: number >= args.atLeast, detail: `${detail} (at least ${args.atLeast})` };
    }
    const ok = ended.exitCode === 0;
    return { ok, detail: ok || detail !== '' ? detail : `it ended with ${ended.exitCode}` };
  } catch (error) {
    // A program that is not there or does not end is a finding; an agent that is gone is not.
    const findings = ['PMX_GUEST_PROGRAM_NOT_FOUND', 'PMX_GUEST_COMMAND_TIMEOUT'];
    if (!isPmxError(error) || !findings.includes(error.code)) throw error;
    return { ok: false, detail: error.message };
  }
}
