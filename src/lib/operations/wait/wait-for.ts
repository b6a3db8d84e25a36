import type { Guest, Inventory, PveReader } from '@pmx-cli/kit';
import { InterruptedError, isPmxError, ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';

import { isNotFound, isUpid, parseUpid } from '../../api/index.js';
import { preferredAddress, answersSsh } from '../engine/handlers/pve-wait.js';
import { readTask } from '../task/read.js';

export const goals = ['running', 'stopped', 'agent', 'ip', 'ssh', 'deleted', 'task'] as const;
export type Goal = (typeof goals)[number];

export interface WaitRequest {
  targets: readonly string[];
  goal: Goal;
  timeoutMillis: number;
  intervalMillis: number;
  /** Where `ssh` looks for a server. */
  sshPort: number;
  signal: AbortSignal;
  /** Said as soon as it is true for a target. */
  onReached: (reached: Reached) => void;
}

export interface Reached {
  target: string;
  goal: Goal;
  vmid?: number;
  name?: string;
  address?: string;
  exitstatus?: string;
  waitedSeconds: number;
}

type Found = Omit<Reached, 'target' | 'goal' | 'waitedSeconds'>;

/** Asks once: what was wanted, or what was seen instead. */
type Look = () => Promise<{ found: Found } | { seen: string }>;

/**
 * Looks at all targets again and again until each is as wanted. Changes nothing.
 *
 * @throws SurroundingsError `PMX_WAIT_TIMEOUT` with what was seen last; ProxmoxError
 *   `PMX_TASK_FAILED`, `PMX_GUEST_GONE`; RequestError for targets that do not exist
 */
export async function waitFor(
  pve: PveReader,
  inventory: Inventory,
  request: WaitRequest,
): Promise<Reached[]> {
  const started = Date.now();
  const looks = await looksAt(pve, inventory, request);
  const open = new Map(looks.map(({ target, look }) => [target, { look, seen: 'nothing yet' }]));
  const reached: Reached[] = [];
  for (;;) {
    await Promise.all(
      [...open].map(async ([target, state]) => {
        const answer = await state.look();
        if ('seen' in answer) {
          state.seen = answer.seen;
          return;
        }
        const waitedSeconds = Math.round((Date.now() - started) / 1000);
        open.delete(target);
        reached.push({ target, goal: request.goal, ...answer.found, waitedSeconds });
        request.onReached(reached.at(-1)!);
      }),
    );
    if (open.size === 0) return inOrder(reached, looks);
    const left = started + request.timeoutMillis - Date.now();
    if (left <= 0) throw timedOut(request, open, inOrder(reached, looks));
    await pause(Math.min(request.intervalMillis, left), request.signal);
  }
}

function inOrder(reached: readonly Reached[], looks: ReadonlyArray<{ target: string }>): Reached[] {
  const place = new Map(looks.map(({ target }, index) => [target, index]));
  return reached.toSorted((a, b) => place.get(a.target)! - place.get(b.target)!);
}

async function looksAt(
  pve: PveReader,
  inventory: Inventory,
  { targets, goal, sshPort }: WaitRequest,
): Promise<Array<{ target: string; look: Look }>> {
  if (goal === 'task') {
    // Checked before anything is asked: a name is no task.
    for (const upid of targets) parseUpid(upid);
    return targets.map((upid) => ({ target: upid, look: taskLook(pve, upid) }));
  }
  const looks: Array<{ target: string; look: Look }> = [];
  for (const target of targets) {
    for (const guest of await guestsOf(inventory, target, goal)) {
      if (guest === undefined) looks.push({ target, look: async () => ({ found: {} }) });
      else
        looks.push({
          target: `${guest.vmid} (${guest.name})`,
          look: guestLook(pve, guest, goal, sshPort),
        });
    }
  }
  return looks;
}

/** A guest that is not there is what `deleted` waits for. */
async function guestsOf(
  inventory: Inventory,
  target: string,
  goal: Goal,
): Promise<Array<Guest | undefined>> {
  try {
    return await inventory.resolveGuests([target], { noun: 'guest' });
  } catch (error) {
    const gone = isPmxError(error) && error.code === 'PMX_GUEST_NOT_FOUND';
    if (gone && goal === 'deleted' && !isUpid(target)) return [undefined];
    throw error;
  }
}

function guestLook(
  pve: PveReader,
  guest: Guest,
  goal: Exclude<Goal, 'task'>,
  sshPort: number,
): Look {
  const path = `/nodes/${guest.node}/${guest.type}/${guest.vmid}`;
  const found = { vmid: guest.vmid, name: guest.name };
  return async () => {
    let status: string;
    try {
      status = (await pve.get<{ status: string }>(`${path}/status/current`)).status;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      if (goal === 'deleted') return { found };
      throw new ProxmoxError({
        code: 'PMX_GUEST_GONE',
        message: `Guest ${guest.vmid} (${guest.name}) is no longer on node ${guest.node}.`,
        hints: ['It was deleted or moved meanwhile: pmx vm list'],
      });
    }
    if (goal === 'running' || goal === 'stopped')
      return status === goal ? { found } : { seen: `it is ${status}` };
    if (goal === 'deleted') return { seen: `it is there, ${status}` };
    if (status !== 'running') return { seen: `it is ${status}` };
    return insideLook(pve, path, goal, found, sshPort);
  };
}

async function insideLook(
  pve: PveReader,
  path: string,
  goal: 'agent' | 'ip' | 'ssh',
  found: Found,
  sshPort: number,
): Promise<{ found: Found } | { seen: string }> {
  try {
    if (goal === 'agent') {
      await pve.get(`${path}/agent/info`);
      return { found };
    }
    const { result } = await pve.get<{ result: Parameters<typeof preferredAddress>[0] }>(
      `${path}/agent/network-get-interfaces`,
    );
    const address = preferredAddress(result);
    if (address === undefined) return { seen: 'its guest agent reports no address' };
    if (goal === 'ip' || (await answersSsh(address, sshPort)))
      return { found: { ...found, address } };
    return { seen: `no SSH server answers at ${address}, port ${sshPort}` };
  } catch (error) {
    // Until it has booted PVE answers 500 `QEMU guest agent is not running`, after 3 s.
    if (!isPmxError(error) || error.exitCode !== 3 || error.code === 'PMX_PERMISSION_DENIED')
      throw error;
    return { seen: error.message };
  }
}

function taskLook(pve: PveReader, upid: string): Look {
  return async () => {
    const { status, exitstatus } = await readTask(pve, upid);
    if (status === 'running') return { seen: 'the task is running' };
    if (exitstatus !== undefined && /^(?:OK$|WARNINGS)/.test(exitstatus))
      return { found: { exitstatus } };
    throw new ProxmoxError({
      code: 'PMX_TASK_FAILED',
      message: `The task ${upid} failed: ${exitstatus ?? 'it ended without a word'}`,
      hints: [`See its log: pmx task log ${upid}`],
      data: { upid, exitStatus: exitstatus },
    });
  };
}

function timedOut(
  { goal, timeoutMillis }: WaitRequest,
  open: ReadonlyMap<string, { seen: string }>,
  reached: readonly Reached[],
): SurroundingsError {
  const states = [...open].map(([target, { seen }]) => ({ target, seen }));
  return new SurroundingsError({
    code: 'PMX_WAIT_TIMEOUT',
    message: `Not ${goal} within ${timeoutMillis / 1000} s: ${states.map(({ target, seen }) => `${target} (last seen: ${seen})`).join('; ')}.`,
    hints: ['Give it longer with --timeout, for example --timeout 15m.'],
    data: { goal, open: states, reached },
  });
}

/** @throws InterruptedError as soon as the user has had enough */
function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const interrupt = (): void => {
      clearTimeout(timer);
      reject(new InterruptedError());
    };
    if (signal.aborted) return reject(new InterruptedError());
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', interrupt);
      resolve();
    }, millis);
    signal.addEventListener('abort', interrupt, { once: true });
  });
}
