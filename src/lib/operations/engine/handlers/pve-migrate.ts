import type { PveMigrateArgs } from '@pmx-cli/kit';
import { isPmxError, ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';

import { isNotFound, type PveClient, readTaskRow, tryParseUpid } from '../../../api/index.js';
import { untilAnswered } from './answered.js';
import { whileLocked } from './contention.js';
import { repeatable, type StepContext } from './handler.js';
import { endOfTask, stopTask } from './tasks.js';

/** Memory of a big guest takes its time. */
const timeoutMillis = 6 * 3_600_000;
const pauseMillis = 1000;
const haTries = 600;

/**
 * Goes by where the guest is, so it may be run again and is its own undo: what was cut off is first
 * seen to its end, or, in an undo, stopped: the server then leaves the guest where it was.
 */
export const pveMigrate = repeatable<'pve.migrate'>((args, context) =>
  untilAnswered(context, async () => {
    const pve = await context.pve();
    await settleTasks(pve, args, context);
    const found = await locate(pve, args);
    if (found.node === args.to) return { node: found.node, moved: false };
    await whileLocked(
      context,
      () => migrate(pve, args, found, context),
      `/nodes/${found.node}/qemu/${args.vmid}`,
    );
    return { node: args.to, moved: true };
  }),
);

async function settleTasks(
  pve: PveClient,
  args: PveMigrateArgs,
  context: StepContext,
): Promise<void> {
  for (const upid of context.upids) {
    if (context.unseenEnd) await stopTask(pve, upid);
    await endOfTask(pve, upid, context.signal);
  }
  // One whose UPID was lost with the answer. Waited for: it may be another pmx of the same user.
  for (const node of [args.from, args.to]) {
    const rows = await pve.get<Array<Record<string, unknown>>>(`/nodes/${node}/tasks`, {
      source: 'active',
      vmid: args.vmid,
    });
    for (const row of rows) {
      const task = readTaskRow(row);
      if (task && /^(?:qmigrate|vzmigrate|hamigrate)$/.test(task.type))
        await endOfTask(pve, task.upid, context.signal);
    }
  }
}

interface Found {
  node: string;
  running: boolean;
}

/** The nodes themselves are asked; the list of the cluster lags behind. */
async function locate(pve: PveClient, { type, vmid, from, to }: PveMigrateArgs): Promise<Found> {
  const look = async (node: string): Promise<Found | undefined> => {
    try {
      const { status } = await pve.get<{ status: string }>(
        `/nodes/${node}/${type}/${vmid}/status/current`,
      );
      return { node, running: status === 'running' };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
  const near = (await look(from)) ?? (await look(to));
  if (near) return near;
  const rows = await pve.get<Array<{ vmid?: number; node: string }>>('/cluster/resources', {
    type: 'vm',
  });
  const row = rows.find((each) => Number(each.vmid) === vmid);
  const far = row && (await look(row.node));
  if (far) return far;
  throw new ProxmoxError({
    code: 'PMX_GUEST_GONE',
    message: `Guest ${vmid} is neither on ${from} nor on ${to}, and on no other node that can be seen.`,
    hints: ['Somebody else has deleted or moved it: pmx get all'],
    data: { vmid },
  });
}

/** What is sent; a dry run shows the same. */
export function migrateParams(
  { type, to, localDisks, targetStorage }: PveMigrateArgs,
  running: boolean,
): Record<string, string | boolean> {
  return {
    target: to,
    ...(targetStorage !== undefined && {
      [type === 'qemu' ? 'targetstorage' : 'target-storage']: targetStorage,
    }),
    // A container cannot be moved while it runs: it is shut down, moved and started.
    ...(running && { [type === 'qemu' ? 'online' : 'restart']: true }),
    ...(type === 'qemu' && localDisks === true && { 'with-local-disks': true }),
  };
}

async function migrate(
  pve: PveClient,
  args: PveMigrateArgs,
  { node, running }: Found,
  context: StepContext,
): Promise<void> {
  const { type, vmid, to } = args;
  const upid = await pve.send<string>(
    'POST',
    `/nodes/${node}/${type}/${vmid}/migrate`,
    migrateParams(args, running),
  );
  context.noteTask(upid);
  try {
    await pve.waitForTask(upid, { signal: context.signal, timeout: timeoutMillis });
  } catch (error) {
    throw withReason(error);
  }
  if (tryParseUpid(upid)?.type === 'hamigrate') await untilThere(pve, args, context);
  else if ((await locate(pve, { ...args, from: to })).node !== to)
    throw new ProxmoxError({
      code: 'PMX_TASK_FAILED',
      message: `The task ended well, yet guest ${vmid} is not on ${to}.`,
      hints: [`Read its log: pmx task log ${upid}`],
      data: { upid },
    });
}

/** The task of a guest under HA only hands the wish on. */
async function untilThere(
  pve: PveClient,
  args: PveMigrateArgs,
  context: StepContext,
): Promise<void> {
  for (let tries = 0; tries < haTries; tries++) {
    if ((await locate(pve, args)).node === args.to) return;
    context.report('the HA manager moves it');
    await context.sleep(pauseMillis, context.signal);
  }
  throw new SurroundingsError({
    code: 'PMX_WAIT_TIMEOUT',
    message: `The HA manager has not moved guest ${args.vmid} to ${args.to} within ${haTries} s.`,
    hints: ['See what it does: pmx api get /cluster/ha/status/current'],
  });
}

/** The task itself only says "migration aborted"; why stands in its log. */
function withReason(error: unknown): unknown {
  if (!isPmxError(error) || error.code !== 'PMX_TASK_FAILED') return error;
  const log = (error.data?.['log'] ?? []) as string[];
  const reason = log
    .map((line) => /ERROR: migration aborted \([^)]*\): (.*)$/.exec(line)?.[1])
    .find((text) => text !== undefined);
  if (reason === undefined) return error;
  return new ProxmoxError({
    code: error.code,
    message: `${error.message}: ${reason}`,
    hints: [...error.hints],
    data: error.data,
    cause: error,
  });
}
