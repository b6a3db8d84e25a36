import {
  carriesMarker,
  type Json,
  type NumberValue,
  type PveCallArgs,
  type StepResult,
} from '@pmx-cli/kit';
import { isPmxError, type PmxError, SurroundingsError } from '@pmx-cli/kit/errors';

import {
  findTask,
  isAnswerLost,
  isLockTimeout,
  isNotFound,
  isNoWorkerUpid,
  isVmidTaken,
  type PveClient,
  type WriteParams,
} from '../../../api/index.js';
import { isVmidFree, nextVmidIn } from '../../shared/vmid-range.js';
import { throwIfInterrupted } from '../retry.js';
import { untilConnected } from './connection.js';
import { whileLocked } from './contention.js';
import type { StepContext, StepHandler } from './handler.js';
import { isGone } from './lost-delete.js';
import { isAbandoned, leftLockedText, makingLock } from './lost-worker.js';
import { foundSnapshot } from './pve-snapshot.js';
import { endOfTask } from './tasks.js';

const maxVmidTries = 20;
const maxWorkerTries = 3;
const taskTimeoutSeconds = 3600;

/** A write over the API: sent once, its task awaited, its answer looked up when it got lost. */
export const pveCall: StepHandler<'pve.call'> = {
  async run(args, context) {
    // In an undo: what is taken back may still be under way, and would win if it ended later.
    for (const upid of context.upids) await endOfTask(await context.pve(), upid, context.signal);
    const path = context.resolve(args.path) as string;
    let lost = false;
    let lostWorkers = 0;
    for (let tries = 1; ;) {
      try {
        return await whileLocked(context, () => sendOnce(args, context), path);
      } catch (error) {
        if (isAnswerLost(error) && !lost) {
          lost = true;
          context.report('the answer was lost, looking whether it happened');
          await context.sleep(1000, context.signal);
          const found = await lookUp(args, context);
          if (found) return found;
          continue;
        }
        if (isNoWorkerUpid(error) && mayLookUp(args) && ++lostWorkers < maxWorkerTries) {
          context.report('PVE lost its own worker (got no worker upid), looking whether it worked');
          await context.sleep(1000, context.signal);
          const found = await whatWorkerDid(() => lookUp(args, context));
          if (found) return found;
          continue;
        }
        const doubtful = lost || context.begunEarlier;
        if (isReached(error, args, doubtful || lostWorkers > 0)) return { exitstatus: 'OK' };
        // The request whose answer was lost may be what this one met: it took the id, or the name.
        const own = doubtful ? await earlierOne(args, context, error) : undefined;
        if (own) return own;
        const leavesLock = isNoWorkerUpid(error) && vmidOfNew(args) !== undefined;
        if (leavesLock) await warnOfLock(args, context);
        const retryable = isVmidTaken(error) || leavesLock;
        if (!retryable || args.vmidVariable === undefined || tries >= maxVmidTries) throw error;
        tries++;
        await bindNextVmid(args.vmidVariable, args.vmids, context);
      }
    }
  },

  async recover(args, context) {
    try {
      const upid = context.upids.at(-1);
      if (upid !== undefined) {
        try {
          return await finish(await context.pve(), args, context, upid);
        } catch (error) {
          // After these it was, or was about to be, sent again: perhaps there is a newer task.
          if (!isLockTimeout(error) && !isVmidTaken(error)) throw error;
        }
      }
      // It may be sent again, but nobody must say that it was not sent.
      if (args.idempotent && args.method === 'POST' && args.lookup === undefined)
        throw outcomeUnknown(args, context);
      return await lookUp(args, context);
    } catch (error) {
      // A task that failed did not do it.
      if (isPmxError(error) && error.exitCode === 3) return undefined;
      throw error;
    }
  },
};

async function sendOnce(args: PveCallArgs, context: StepContext): Promise<StepResult> {
  const pve = await context.pve();
  throwIfInterrupted(context.signal);
  // Without the signal: a write that was cut off could still happen, behind the back of its undo.
  // The answer comes at once, and the second Ctrl-C ends the client itself.
  const params = context.resolve({ ...args.params }) as WriteParams;
  const data = await untilConnected(context, () =>
    pve.send<Json>(args.method, context.resolve(args.path), params),
  );
  if (!isUpid(data)) return { data };
  context.noteTask(data);
  return finish(pve, args, context, data);
}

/** @throws ProxmoxError only when the task failed; SurroundingsError when its end cannot be seen */
async function finish(
  pve: PveClient,
  args: PveCallArgs,
  context: StepContext,
  upid: string,
): Promise<StepResult> {
  if (args.task === 'detach') return { upid };
  const status = await pve
    .waitForTask(upid, {
      signal: context.signal,
      timeout: (args.timeoutSeconds ?? taskTimeoutSeconds) * 1000,
    })
    .catch((error: unknown) => {
      if (isPmxError(error) && error.exitCode === 3 && !isTaskFailure(error))
        throw outcomeUnknown(args, context, error);
      throw error;
    });
  if (status.exitstatus?.startsWith('WARNINGS')) {
    context.warn(`${status.exitstatus} ${await warningsOf(pve, upid)}`);
  }
  return { upid, exitstatus: status.exitstatus ?? 'OK' };
}

async function warningsOf(pve: PveClient, upid: string): Promise<string> {
  const { lines } = await pve.taskLog(upid);
  const warnings = lines.filter((line) => line.startsWith('WARN'));
  return [...warnings, `(pmx task log ${upid})`].join(' ');
}

/** The client gives the exit status along; a poll that was refused has none. */
function isTaskFailure(error: PmxError): boolean {
  return error.code === 'PMX_TASK_FAILED' || error.data?.['exitStatus'] !== undefined;
}

/**
 * Finds out about a call that nobody saw an answer to.
 * @returns its result, or undefined when it did not happen
 * @throws ProxmoxError when its task failed, SurroundingsError when nobody can tell
 */
async function lookUp(args: PveCallArgs, context: StepContext): Promise<StepResult | undefined> {
  const pve = await context.pve();
  let upid: string;
  try {
    const vmid = vmidOfNew(args);
    if (vmid !== undefined) return await recoverGuest(pve, args, context, vmid);
    if (args.lookup?.type === 'qmsnapshot' || args.lookup?.type === 'vzsnapshot')
      return await foundSnapshot(args, context);
    if (args.lookup === undefined) {
      // Also where it may be sent again: an operation that is taken up has to know what happened.
      const gone = args.method === 'DELETE' ? await isGoneIfSeen(args, context) : undefined;
      if (gone === undefined && !args.idempotent) throw outcomeUnknown(args, context);
      return gone ? { exitstatus: 'OK' } : undefined;
    }
    const task = await findTask(pve, {
      node: nodeOf(context.resolve(args.path)),
      type: args.lookup.type,
      id: String(context.resolve(args.lookup.id)),
      user: pve.user,
      since: Math.floor(context.startedAt.getTime() / 1000),
    });
    // Those that are known have ended, or belong to what an undo takes back.
    if (!task || context.upids.includes(task.upid)) return undefined;
    upid = task.upid;
  } catch (error) {
    if (isPmxError(error) && error.exitCode === 3) throw outcomeUnknown(args, context, error);
    throw error;
  }
  context.noteTask(upid);
  return finish(pve, args, context, upid);
}

/** What an earlier request of the same step did; nothing when nobody can tell, or it failed as well. */
async function earlierOne(
  args: PveCallArgs,
  context: StepContext,
  refusal: unknown,
): Promise<StepResult | undefined> {
  if (!isPmxError(refusal) || refusal.exitCode !== 3 || args.lookup === undefined) return undefined;
  try {
    return await lookUp(args, context);
  } catch (error) {
    if (isPmxError(error) && error.exitCode === 3) return undefined;
    throw error;
  }
}

function outcomeUnknown(args: PveCallArgs, context: StepContext, cause?: PmxError): PmxError {
  return new SurroundingsError({
    code: 'PMX_OUTCOME_UNKNOWN',
    message: `Nobody can tell whether ${args.method} ${context.resolve(args.path)} was carried out${cause ? `: ${cause.message}` : '.'}`,
    hints: [...(cause?.hints ?? []), 'Look at the server, then do by hand what is missing.'],
    cause,
  });
}

async function isGoneIfSeen(args: PveCallArgs, context: StepContext): Promise<boolean | undefined> {
  try {
    return await isGone(context.resolve(args.path), context);
  } catch (error) {
    if (args.idempotent && isPmxError(error) && error.exitCode === 3) return undefined;
    throw error;
  }
}

/** Of a create nothing can be told by its task: what it left is a locked guest. */
function mayLookUp(args: PveCallArgs): boolean {
  if (args.vmidVariable !== undefined || vmidOfNew(args) !== undefined) return false;
  return args.lookup !== undefined || args.idempotent === true || args.method === 'DELETE';
}

/** A worker that was lost ends with "unexpected status" and an empty log: it did nothing. */
async function whatWorkerDid(
  look: () => Promise<StepResult | undefined>,
): Promise<StepResult | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isPmxError(error) && isTaskFailure(error) && /^unexpected status/.test(error.message))
      return undefined;
    throw error;
  }
}

/** The parameter that holds the new guest's id, if this is a create or clone. */
function vmidOfNew({ lookup, params }: PveCallArgs): NumberValue | undefined {
  if (lookup === undefined) return undefined;
  if (/^(?:qm|vz)clone$/.test(lookup.type)) return params?.['newid'] as NumberValue | undefined;
  if (/^(?:qm|vz)(?:create|restore)$/.test(lookup.type))
    return params?.['vmid'] as NumberValue | undefined;
  return undefined;
}

const guestPauseMillis = 1000;
/** Between the lock and the task that has it there may be a moment. */
const idleTries = 3;

/**
 * A create or clone leaves its marker in the new guest's description. A task would prove nothing:
 * that of a clone is named after its template, and the same user may be cloning it elsewhere.
 */
async function recoverGuest(
  pve: PveClient,
  args: PveCallArgs,
  context: StepContext,
  newVmid: NumberValue,
): Promise<StepResult | undefined> {
  const type = kindOf(context.resolve(args.path));
  const vmid = context.resolve(newVmid) as number;
  const nodes = nodesOfNew(args, context);
  const lookup = { type: args.lookup!.type, id: String(context.resolve(args.lookup!.id)) };
  for (let tries = 1; ; tries++) {
    const config = await configOn(pve, nodes, type, vmid);
    if (!config) return undefined;
    const own = carriesMarker(config.description, context.operationId);
    const beingMade = config.lock === 'create' || config.lock === 'clone';
    if (!beingMade) return own ? { exitstatus: 'OK' } : undefined;
    if (!own && config.description !== undefined) return undefined;
    const made = { nodes, type, vmid, lookup };
    if (tries > idleTries && (await isAbandoned(pve, made, config.description, context))) {
      await warnOfLock(args, context);
      return undefined;
    }
    if (tries >= taskTimeoutSeconds) throw outcomeUnknown(args, context);
    context.report('still being made by a task, waiting for its end');
    await context.sleep(guestPauseMillis, context.signal);
  }
}

async function configOn(
  pve: PveClient,
  nodes: readonly string[],
  type: 'qemu' | 'lxc',
  vmid: number,
): Promise<{ description?: string; lock?: string } | undefined> {
  for (const node of nodes) {
    try {
      return await pve.get(`/nodes/${node}/${type}/${vmid}/config`);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  return undefined;
}

/** The refusal says that things already are as this call would have made them. */
function isReached(error: unknown, args: PveCallArgs, lost: boolean): boolean {
  if (!isPmxError(error)) return false;
  if (args.idempotent && /\b(?:VM|CT) \d+ already running\b/.test(error.message)) return true;
  return (lost || args.idempotent === true) && args.method === 'DELETE' && isNotFound(error);
}

/** Reserves nothing: PVE hands the same id to everybody who asks, the first create wins. */
async function bindNextVmid(
  variable: string,
  range: string | undefined,
  context: StepContext,
): Promise<void> {
  const pve = await context.pve();
  const taken = Number(context.resolve({ $var: variable } as unknown as number));
  let next =
    range === undefined
      ? Number(await pve.get<string>('/cluster/nextid'))
      : await nextVmidIn(pve, range, taken + 1);
  if (next === taken) {
    // A guest that is just being made may not count yet.
    for (next = taken + 1; !(await isVmidFree(pve, next)); next++);
  }
  context.report(`VMID ${taken} was taken meanwhile, using ${next}`);
  context.bind({ [variable]: next });
}

/**
 * PVE 9.2 answers `got no worker upid` now and then after it has already made `{lock: create}`, which
 * ordinary rights cannot remove. Such an id is left behind, which has to be known, and the next one taken.
 */
async function warnOfLock(args: PveCallArgs, context: StepContext): Promise<void> {
  const pve = await context.pve();
  const vmid = context.resolve(vmidOfNew(args)) as number;
  for (const node of nodesOfNew(args, context)) {
    const type = kindOf(context.resolve(args.path));
    const lock = await makingLock(pve, `/nodes/${node}/${type}/${vmid}`);
    if (lock) {
      const { message, hint } = leftLockedText(node, type, vmid, lock);
      context.warn(`${message} ${hint}`);
    }
  }
}

function kindOf(path: string): 'qemu' | 'lxc' {
  return /^\/nodes\/[^/]+\/lxc\b/.test(path) ? 'lxc' : 'qemu';
}

/** A clone to another node is made on the template's and moved there at its end. */
function nodesOfNew(args: PveCallArgs, context: StepContext): string[] {
  const source = nodeOf(context.resolve(args.path));
  return [...new Set([source, context.resolve(args.params?.['target'] ?? source) as string])];
}

function isUpid(data: unknown): data is string {
  return typeof data === 'string' && data.startsWith('UPID:');
}

function nodeOf(path: string): string {
  return /^\/nodes\/([^/]+)/.exec(path)?.[1] ?? '';
}
