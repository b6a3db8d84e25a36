import type { PveMoveBackArgs } from '@pmx-cli/kit';

import type { PveClient } from '../../../api/index.js';
import type { GuestConfig } from '../../shared/guest-config.js';
import { untilAnswered } from './answered.js';
import { whileLocked } from './contention.js';
import { repeatable, type StepContext } from './handler.js';
import { endOfGuestTasks } from './lost-delete.js';
import { endOfTask } from './tasks.js';

/** Undo of moving a volume; looks where it is before it sends anything. */
export const pveMoveBack = repeatable<'pve.move-back'>((args, context) =>
  untilAnswered(context, async () => {
    const pve = await context.pve();
    const [, node = '', type, vmid] = /^\/nodes\/([^/]+)\/(\w+)\/(\d+)$/.exec(args.path) ?? [];
    // What is taken back may still be under way, and would win if it ended later.
    for (const upid of context.upids) await endOfTask(pve, upid, context.signal);
    await endOfGuestTasks(node, Number(vmid), context);
    const moved = !isAtHome(await slotVolume(pve, args), args);
    if (moved) await whileLocked(context, () => moveBack(pve, args, type === 'lxc', context));
    await removeFirst(pve, args, context);
    return { moved };
  }),
);

async function moveBack(
  pve: PveClient,
  { path, slot, home }: PveMoveBackArgs,
  isContainer: boolean,
  context: StepContext,
): Promise<void> {
  const { storage, format } = home;
  const upid = isContainer
    ? await pve.send<string>('POST', `${path}/move_volume`, { volume: slot, storage, delete: true })
    : await pve.send<string>('POST', `${path}/move_disk`, {
        disk: slot,
        storage,
        ...(format !== undefined && { format }),
        delete: true,
      });
  await pve.waitForTask(upid, { signal: context.signal });
}

async function slotVolume(pve: PveClient, { path, slot }: PveMoveBackArgs): Promise<string> {
  const config = await pve.get<GuestConfig>(`${path}/config`);
  return String(config[slot] ?? '').split(',', 1)[0]!;
}

/** Back on its storage it has a new name, so only within one storage the name tells. */
function isAtHome(volid: string, { home, away, volid: before }: PveMoveBackArgs): boolean {
  if (volid === before || volid === '') return true;
  return home.storage !== away && volid.startsWith(`${home.storage}:`);
}

/** The first copy, where it was kept, is older than the one that is in use again. */
async function removeFirst(
  pve: PveClient,
  { path, slot, volid }: PveMoveBackArgs,
  context: StepContext,
): Promise<void> {
  const config = await pve.get<GuestConfig>(`${path}/config`);
  const unused = Object.keys(config).find(
    (key) => /^unused\d+$/.test(key) && config[key] === volid,
  );
  const inUse = String(config[slot] ?? '').split(',', 1)[0];
  if (unused === undefined || inUse === volid) return;
  await whileLocked(context, () => pve.send('PUT', `${path}/config`, { delete: unused }));
}
