import type { GuestPlace } from '@pmx-cli/kit';
import { InterruptedError, isPmxError, ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';

import { isAnswerLost, type PveClient } from '../../../api/index.js';
import { agentPath, explained } from '../../reach/agent.js';
import { guestBytes } from '../../reach/file-read.js';
import type { StepContext } from './handler.js';

const firstPause = 50;
const longestPause = 1000;

export interface Ended {
  exitCode: number;
  signal: number | null;
  stdout: Buffer;
  stderr: Buffer;
  /** The agent keeps 16 MiB of each. */
  truncated: boolean;
}

interface ExecStatus {
  exited: boolean | number;
  exitcode?: number;
  signal?: number;
  'out-data'?: string;
  'err-data'?: string;
  'out-truncated'?: boolean | number;
  'err-truncated'?: boolean | number;
}

/**
 * Starts a program; sent once.
 * @throws ProxmoxError `PMX_GUEST_PROGRAM_NOT_FOUND`, `PMX_AGENT_UNAVAILABLE`; SurroundingsError
 *   `PMX_OUTCOME_UNKNOWN`
 */
export async function startProgram(
  pve: PveClient,
  guest: GuestPlace,
  command: readonly string[],
  input?: Buffer,
): Promise<number> {
  try {
    const { pid } = await pve.send<{ pid: number }>('POST', `${agentPath(guest)}/exec`, {
      command: [...command],
      ...(input && input.length > 0 && { 'input-data': input.toString('latin1') }),
    });
    return pid;
  } catch (error) {
    if (!isAnswerLost(error)) throw explained(error, guest);
    throw await whyUnanswered(pve, guest, command, error);
  }
}

/**
 * The agent quotes the name of a program it does not find with typographic quotes, on which PVE's
 * answer breaks (596). Whether that was it the guest's shell can tell.
 */
async function whyUnanswered(
  pve: PveClient,
  guest: GuestPlace,
  [program = '']: readonly string[],
  error: unknown,
): Promise<Error> {
  const broken = isPmxError(error) && error.data?.['status'] === 596;
  if (broken && (await isMissing(pve, guest, program)))
    return new ProxmoxError({
      code: 'PMX_GUEST_PROGRAM_NOT_FOUND',
      message: `VM ${guest.vmid} has no program '${program}'. Nothing was run.`,
      hints: [
        'The agent starts programs without a shell: for pipes and the like: pmx vm exec VM -- sh -c "…"',
        'Give the whole path when it is in no folder that the agent looks into.',
      ],
    });
  return new SurroundingsError({
    code: 'PMX_OUTCOME_UNKNOWN',
    message: `Nobody can tell whether ${program} was started in VM ${guest.vmid}: the answer was lost.`,
    hints: [
      'It was not sent again. Look in the guest, then decide.',
      ...(broken ? ['Proxmox VE answers like this also when there is no such program.'] : []),
    ],
    cause: error,
  });
}

async function isMissing(pve: PveClient, guest: GuestPlace, program: string): Promise<boolean> {
  try {
    const { pid } = await pve.send<{ pid: number }>('POST', `${agentPath(guest)}/exec`, {
      command: ['sh', '-c', 'command -v -- "$1"', 'sh', program],
    });
    for (let pause = firstPause; pause <= longestPause; pause *= 2) {
      const status = await readStatus(pve, guest, pid);
      if (Number(status.exited) === 1) return status.exitcode !== 0;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  } catch {
    // No shell, or no agent any more: it stays unknown.
  }
  return false;
}

function readStatus(pve: PveClient, guest: GuestPlace, pid: number): Promise<ExecStatus> {
  return pve.get<ExecStatus>(`${agentPath(guest)}/exec-status`, { pid });
}

/**
 * Waits for a program's end. The agent cannot stop one: whatever ends the wait, it goes on.
 * @throws SurroundingsError `PMX_GUEST_COMMAND_TIMEOUT`, `PMX_OUTCOME_UNKNOWN`; InterruptedError
 */
export async function awaitProgram(
  pve: PveClient,
  guest: GuestPlace,
  pid: number,
  context: Pick<StepContext, 'sleep' | 'signal'>,
  timeoutSeconds?: number,
): Promise<Ended> {
  const deadline = timeoutSeconds === undefined ? Infinity : Date.now() + timeoutSeconds * 1000;
  const goesOn = `It goes on in the guest as process ${pid}; to end it: pmx vm exec ${guest.vmid} -- kill ${pid}`;
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    const status = await readStatus(pve, guest, pid).catch((error: unknown) => {
      throw endUnseen(error, guest, pid);
    });
    if (Number(status.exited) === 1) return ended(status);
    if (Date.now() >= deadline)
      throw new SurroundingsError({
        code: 'PMX_GUEST_COMMAND_TIMEOUT',
        message:
          timeoutSeconds === 0
            ? `Process ${pid} of VM ${guest.vmid} still runs.`
            : `The program in VM ${guest.vmid} has not ended within ${timeoutSeconds} s.`,
        hints: [goesOn, 'Give it longer: --timeout SECONDS'],
        data: { pid },
      });
    try {
      await context.sleep(Math.min(pause, Math.max(1, deadline - Date.now())), context.signal);
    } catch (error) {
      if (isPmxError(error) && error.exitCode === 130)
        throw new InterruptedError({ hints: [goesOn], data: { pid } });
      throw error;
    }
  }
}

/** Starts a program and waits for its end. */
export async function runProgram(
  pve: PveClient,
  guest: GuestPlace,
  command: readonly string[],
  context: Pick<StepContext, 'sleep' | 'signal'>,
  input?: Buffer,
  timeoutSeconds?: number,
): Promise<Ended> {
  const pid = await startProgram(pve, guest, command, input);
  return awaitProgram(pve, guest, pid, context, timeoutSeconds);
}

/** The agent tells the end of a program once: whoever asks again is told that there is no such pid. */
function endUnseen(error: unknown, guest: GuestPlace, pid: number): unknown {
  if (!isPmxError(error) || !/Invalid parameter 'pid'/.test(error.message))
    return explained(error, guest);
  return new SurroundingsError({
    code: 'PMX_OUTCOME_UNKNOWN',
    message: `The guest agent of VM ${guest.vmid} no longer knows how process ${pid} ended.`,
    hints: ['It tells that once, or it was started anew meanwhile. Look in the guest.'],
    cause: error,
  });
}

function ended(status: ExecStatus): Ended {
  const signal = status.signal ?? null;
  return {
    exitCode: signal === null ? (status.exitcode ?? 0) : 128 + signal,
    signal,
    stdout: guestBytes(status['out-data'] ?? ''),
    stderr: guestBytes(status['err-data'] ?? ''),
    truncated: Number(status['out-truncated'] ?? 0) + Number(status['err-truncated'] ?? 0) > 0,
  };
}
