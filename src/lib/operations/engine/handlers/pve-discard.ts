import { carriesMarker, type PveDiscardGuestArgs } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { findTask, isNotFound, type PveClient } from '../../../api/index.js';
import { whileLocked } from './contention.js';
import { repeatable, type StepContext } from './handler.js';

interface GuestConfig {
  description?: string;
  lock?: string;
  template?: number;
}

const lockPauseMillis = 1000;
const lockTries = 120;

/**
 * Undo of a create or clone. A task that still works on it is stopped first; a guest without this
 * operation's marker belongs to somebody else and is left alone.
 */
export const pveDiscardGuest = repeatable<'pve.discard-guest'>(async (args, context) => {
  const pve = await context.pve();
  const vmid = context.resolve(args.vmid);
  const guest = `/nodes/${args.node}/qemu/${vmid}`;
  await stopTasks(pve, args, context);
  const config = await unlockedConfig(pve, guest, context);
  if (!config || !carriesMarker(config.description, context.operationId)) return { removed: false };
  if (!config.template) await powerOff(pve, guest, context);
  await whileLocked(context, async () => {
    const upid = await pve.send<string>('DELETE', guest, {
      purge: true,
      'destroy-unreferenced-disks': true,
    });
    await pve.waitForTask(upid, { signal: context.signal });
  });
  return { removed: true };
});

async function stopTasks(
  pve: PveClient,
  args: PveDiscardGuestArgs,
  context: StepContext,
): Promise<void> {
  let upids = [...context.upids];
  if (upids.length === 0 && args.lookup.type !== 'qmclone') {
    // A clone's task is named after its template, so only other kinds can be told by their id.
    const task = await findTask(pve, {
      node: args.node,
      type: args.lookup.type,
      id: String(context.resolve(args.lookup.id)),
      user: pve.user,
      since: Math.floor(context.startedAt.getTime() / 1000),
    });
    upids = task ? [task.upid] : [];
  }
  for (const upid of upids) {
    const task = `/nodes/${upid.split(':')[1]}/tasks/${encodeURIComponent(upid)}`;
    const { status } = await pve.get<{ status: string }>(`${task}/status`);
    if (status !== 'running') continue;
    await pve.send('DELETE', task);
    await endOf(pve, upid, context);
  }
}

/** A stopped task ends as failed; that is what was wanted. */
async function endOf(pve: PveClient, upid: string, context: StepContext): Promise<void> {
  try {
    await pve.waitForTask(upid, { signal: context.signal });
  } catch (error) {
    if (!isPmxError(error) || error.exitCode !== 3) throw error;
  }
}

/** While a create or clone runs, the guest's config is only a lock; it may vanish again. */
async function unlockedConfig(
  pve: PveClient,
  guest: string,
  context: StepContext,
): Promise<GuestConfig | undefined> {
  for (let tries = 1; ; tries++) {
    let config: GuestConfig;
    try {
      config = await pve.get<GuestConfig>(`${guest}/config`);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
    const beingMade = config.lock === 'clone' || config.lock === 'create';
    if (!beingMade || tries >= lockTries) return config;
    context.report('still being made by a task, waiting for its end');
    await context.sleep(lockPauseMillis, context.signal);
  }
}

async function powerOff(pve: PveClient, guest: string, context: StepContext): Promise<void> {
  const { status } = await pve.get<{ status: string }>(`${guest}/status/current`);
  if (status !== 'running') return;
  const upid = await pve.send<string>('POST', `${guest}/status/stop`);
  await pve.waitForTask(upid, { signal: context.signal });
}

/** Removes a volume of this operation if it got as far as being there. */
export const pveDiscardVolume = repeatable<'pve.discard-volume'>(async (args, context) => {
  const pve = await context.pve();
  const { node, storage } = args;
  const volid = context.resolve(args.volid);
  // The server may still be moving an upload into place.
  for (const upid of context.upids) await endOf(pve, upid, context);
  const volumes = await pve.get<Array<{ volid: string }>>(
    `/nodes/${node}/storage/${storage}/content`,
  );
  if (!volumes.some((volume) => volume.volid === volid)) return { removed: false };
  const upid = await pve.send<string | null>(
    'DELETE',
    `/nodes/${node}/storage/${storage}/content/${encodeURIComponent(volid)}`,
  );
  if (upid !== null) await pve.waitForTask(upid, { signal: context.signal });
  return { removed: true };
});
