import { carriesMarker, type PveCallArgs, type StepResult } from '@pmx-cli/kit';

import { isNotFound } from '../../../api/index.js';
import { whileLocked } from './contention.js';
import { repeatable, type StepContext } from './handler.js';
import { endOfGuestTasks } from './lost-delete.js';
import { endOfTask } from './tasks.js';

interface SnapshotRow {
  name: string;
  description?: string;
}

async function snapshotOf(
  guest: string,
  name: string,
  context: StepContext,
): Promise<SnapshotRow | undefined> {
  const pve = await context.pve();
  // A task that still works on the guest may be the one that is looked for.
  const [, node, vmid] = /^\/nodes\/([^/]+)\/(?:qemu|lxc)\/(\d+)$/.exec(guest) ?? [];
  if (node !== undefined) await endOfGuestTasks(node, Number(vmid), context);
  const rows = await pve.get<SnapshotRow[]>(`${guest}/snapshot`);
  return rows.find((row) => row.name === name);
}

/**
 * A snapshot whose answer was lost: the marker in its description tells, where a task would not. The
 * same user may just have made another one.
 */
export async function foundSnapshot(
  args: PveCallArgs,
  context: StepContext,
): Promise<StepResult | undefined> {
  const guest = (context.resolve(args.path) as string).replace(/\/snapshot$/, '');
  const found = await snapshotOf(guest, String(context.resolve(args.params!['snapname'])), context);
  return found && carriesMarker(found.description, context.operationId)
    ? { exitstatus: 'OK' }
    : undefined;
}

/** Removes the snapshot of this operation; one of the same name that was there before stays. */
export const pveDiscardSnapshot = repeatable<'pve.discard-snapshot'>(async (args, context) => {
  const pve = await context.pve();
  const { guest, name } = args;
  for (const upid of context.upids) await endOfTask(pve, upid, context.signal);
  const found = await snapshotOf(guest, name, context);
  if (!found || !carriesMarker(found.description, context.operationId)) return { removed: false };
  try {
    await whileLocked(context, async () => {
      const upid = await pve.send<string>(
        'DELETE',
        `${guest}/snapshot/${encodeURIComponent(name)}`,
      );
      await pve.waitForTask(upid, { signal: context.signal });
    });
  } catch (error) {
    // An earlier DELETE without an answer, or somebody else, was faster.
    if (!isNotFound(error)) throw error;
  }
  return { removed: true };
});
