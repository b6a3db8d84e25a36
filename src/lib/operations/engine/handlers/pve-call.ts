import { carriesMarker, type Json, type PveCallArgs, type StepResult } from '@pmx-cli/kit';
import { isPmxError, SurroundingsError } from '@pmx-cli/kit/errors';

import {
  findTask,
  isNotFound,
  isNoWorkerUpid,
  isVmidTaken,
  type PveClient,
  type WriteParams,
} from '../../../api/index.js';
import { whileLocked } from './contention.js';
import type { StepContext, StepHandler } from './handler.js';

const maxVmidTries = 20;
const taskTimeoutSeconds = 3600;

/** A write over the API: sent once, its task awaited, its answer looked up when it got lost. */
export const pveCall: StepHandler<'pve.call'> = {
  async run(args, context) {
    for (let tries = 1; ; tries++) {
      try {
        return await whileLocked(context, () => sendOnce(args, context));
      } catch (error) {
        if (isAnswerLost(error)) {
          context.report('the answer was lost, looking whether it happened');
          await context.sleep(1000, context.signal);
          return (await this.recover(args, context)) ?? (await sendOnce(args, context));
        }
        const retryable = isVmidTaken(error) || (await leftLocked(error, args, context));
        if (!retryable || args.vmidVariable === undefined || tries >= maxVmidTries) throw error;
        await bindNextVmid(args.vmidVariable, context);
      }
    }
  },

  async recover(args, context) {
    const pve = await context.pve();
    const upid = context.upids.at(-1);
    if (upid !== undefined) return finish(pve, args, context, upid);
    if (args.vmidVariable !== undefined) return recoverGuest(pve, args, context);
    if (args.lookup !== undefined) {
      const node = nodeOf(context.resolve(args.path));
      const task = await findTask(pve, {
        node,
        type: args.lookup.type,
        id: String(context.resolve(args.lookup.id)),
        user: pve.user,
        since: Math.floor(context.startedAt.getTime() / 1000),
      });
      return task && finish(pve, args, context, task.upid);
    }
    if (args.idempotent) return undefined;
    throw new SurroundingsError({
      code: 'PMX_OUTCOME_UNKNOWN',
      message: `Nobody can tell whether ${args.method} ${context.resolve(args.path)} was carried out.`,
      hints: ['Look at the server, then do by hand what is missing.'],
    });
  },
};

async function sendOnce(args: PveCallArgs, context: StepContext): Promise<StepResult> {
  const pve = await context.pve();
  const data = await pve.send<Json>(
    args.method,
    context.resolve(args.path),
    context.resolve(args.params ?? {}) as WriteParams,
    context.signal,
  );
  if (!isUpid(data)) return { data };
  context.noteTask(data);
  return finish(pve, args, context, data);
}

async function finish(
  pve: PveClient,
  args: PveCallArgs,
  context: StepContext,
  upid: string,
): Promise<StepResult> {
  if (args.task === 'detach') return { upid };
  const status = await pve.waitForTask(upid, {
    signal: context.signal,
    timeout: (args.timeoutSeconds ?? taskTimeoutSeconds) * 1000,
  });
  if (status.exitstatus !== 'OK') context.report(status.exitstatus ?? 'ended');
  return { upid, exitstatus: status.exitstatus ?? 'OK' };
}

/** A create or clone leaves its marker in the new guest's description: no need to guess by task. */
async function recoverGuest(
  pve: PveClient,
  args: PveCallArgs,
  context: StepContext,
): Promise<StepResult | undefined> {
  const node = nodeOf(context.resolve(args.path));
  const target = context.resolve(args.params?.['target'] ?? node) as string;
  const vmid = context.resolve({ $var: args.vmidVariable! } as unknown as number);
  for (;;) {
    try {
      const config = await pve.get<{ description?: string; lock?: string }>(
        `/nodes/${target}/qemu/${vmid}/config`,
      );
      if (config.lock === undefined) {
        return carriesMarker(config.description, context.operationId)
          ? { exitstatus: 'OK' }
          : undefined;
      }
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
    await context.sleep(1000, context.signal);
  }
}

/** Reserves nothing: PVE hands the same id to everybody who asks, the first create wins. */
async function bindNextVmid(variable: string, context: StepContext): Promise<void> {
  const pve = await context.pve();
  const taken = Number(context.resolve({ $var: variable } as unknown as number));
  let next = Number(await pve.get<string>('/cluster/nextid'));
  if (next === taken) {
    // A guest that is just being made may not count yet.
    for (next = taken + 1; !(await isFree(pve, next)); next++);
  }
  context.report(`VMID ${taken} was taken meanwhile, using ${next}`);
  context.bind({ [variable]: next });
}

async function isFree(pve: PveClient, vmid: number): Promise<boolean> {
  try {
    await pve.get('/cluster/nextid', { vmid });
    return true;
  } catch (error) {
    if (isPmxError(error) && error.exitCode === 3) return false;
    throw error;
  }
}

/**
 * PVE 9.2 answers `got no worker upid` now and then after it has already made `{lock: create}`,
 * which ordinary rights cannot remove. Such an id is left behind and the next one taken.
 */
async function leftLocked(
  error: unknown,
  args: PveCallArgs,
  context: StepContext,
): Promise<boolean> {
  if (!isNoWorkerUpid(error) || args.vmidVariable === undefined) return false;
  context.report('PVE lost its own worker (got no worker upid), trying the next VMID');
  return true;
}

function isAnswerLost(error: unknown): boolean {
  return isPmxError(error) && error.code === 'PMX_ANSWER_LOST';
}

function isUpid(data: unknown): data is string {
  return typeof data === 'string' && data.startsWith('UPID:');
}

function nodeOf(path: string): string {
  return /^\/nodes\/([^/]+)/.exec(path)?.[1] ?? '';
}
