import { carriesMarker, type PveBackupArgs, type PveCallArgs, type StepResult } from '@pmx-cli/kit';

import { ProxmoxError } from '@pmx-cli/kit/errors';

import { findTask } from '../../../api/index.js';
import { backupCall } from '../../shared/backup-call.js';
import { whileLocked } from './contention.js';
import { repeatable, type StepContext, type StepHandler } from './handler.js';
import { pveCall } from './pve-call.js';
import { endOfTask, isRunning, stopTask } from './tasks.js';

/** Terabytes to a slow disk take their time. */
const taskTimeoutSeconds = 24 * 3600;

interface Archive {
  volid: string;
  size?: number;
  notes?: string;
}

type Place = Pick<PveBackupArgs, 'node' | 'storage' | 'vmid'>;

async function ownArchive(
  { node, storage, vmid }: Place,
  context: StepContext,
): Promise<Archive | undefined> {
  const pve = await context.pve();
  const rows = await pve.get<Archive[]>(`/nodes/${node}/storage/${storage}/content`, {
    content: 'backup',
    vmid,
  });
  return rows.find(({ notes }) => carriesMarker(notes, context.operationId));
}

function callOf(args: PveBackupArgs): PveCallArgs {
  return {
    ...backupCall(args),
    lookup: { type: 'vzdump', id: String(args.vmid) },
    timeoutSeconds: taskTimeoutSeconds,
  };
}

async function withArchive(
  args: PveBackupArgs,
  context: StepContext,
  result: StepResult,
): Promise<StepResult> {
  const archive = await ownArchive(args, context);
  if (!archive) {
    throw new ProxmoxError({
      code: 'PMX_ARCHIVE_NOT_FOUND',
      message: `The backup of guest ${args.vmid} ended well, but ${args.storage} does not list it.`,
      hints: [`Look at it: pmx backup list --storage ${args.storage}`],
    });
  }
  return { ...result, volid: archive.volid, sizeBytes: archive.size ?? null };
}

export const pveBackup: StepHandler<'pve.backup'> = {
  async run(args, context) {
    return withArchive(args, context, await pveCall.run(callOf(args), context));
  },

  async recover(args, context) {
    const result = await pveCall.recover(callOf(args), context);
    return result && withArchive(args, context, result);
  },
};

export const pveDiscardBackup = repeatable<'pve.discard-backup'>(async (args, context) => {
  const pve = await context.pve();
  for (const upid of await tasksOf(args, context)) {
    // It may take hours: one that is not wanted any more is stopped, and PVE clears up after it.
    await stopTask(pve, upid);
    await endOfTask(pve, upid, context.signal);
  }
  const archive = await ownArchive(args, context);
  if (!archive) return { removed: false };
  const { node, storage } = args;
  const path = `/nodes/${node}/storage/${storage}/content/${encodeURIComponent(archive.volid)}`;
  // The protection is this operation's own, too.
  await pve.send('PUT', path, { protected: false });
  await whileLocked(context, async () => {
    const upid = await pve.send<string | null>('DELETE', path);
    if (upid !== null) await pve.waitForTask(upid, { signal: context.signal });
  });
  return { removed: true };
});

/** Its tasks; also the one that was started by a request whose answer nobody saw. */
async function tasksOf({ node, vmid }: Place, context: StepContext): Promise<readonly string[]> {
  if (!context.unseenEnd || context.upids.length > 0) return context.upids;
  const pve = await context.pve();
  const task = await findTask(pve, {
    node,
    type: 'vzdump',
    id: String(vmid),
    user: pve.user,
    since: Math.floor(context.startedAt.getTime() / 1000),
  });
  return task && (await isOwnTask(task.upid, context)) ? [task.upid] : [];
}

/**
 * The log of a backup begins with its command line, in which the notes are. Another pmx of the same user
 * may save the same guest, and only one does so on a node at a time: until then nothing tells.
 */
async function isOwnTask(upid: string, context: StepContext): Promise<boolean> {
  const pve = await context.pve();
  for (;;) {
    const { lines } = await pve.taskLog(upid);
    const begun = lines.find((line) => line.includes('starting new backup job'));
    if (begun !== undefined) return begun.includes(context.operationId);
    if (!(await isRunning(pve, upid))) return false;
    await context.sleep(1000, context.signal);
  }
}
