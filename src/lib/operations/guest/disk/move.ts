import type { Guest, Inventory, Plan, PveReader, Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { sizeToBytes } from '../../shared/guest-config.js';
import { requireStorage } from '../../shared/places.js';
import { guestLabel, guestPath, kindOf } from '../kind.js';
import { readConfig } from '../reads.js';
import { type Disk, linkNotes, requireDisk } from './read.js';
import { spaceNotes } from './space.js';

export interface DiskMoveRequest {
  guest: Guest;
  slot: string;
  storage: string;
  format?: string;
  /** Keep the first volume as an unused one. */
  keep: boolean;
}

export interface DiskMoveResult {
  vmid: number;
  name: string;
  node: string;
  changed: boolean;
  slot: string;
  from: string;
  storage: string;
}

/** @throws RequestError `PMX_DISK_NOT_FOUND`, `PMX_INVALID_DISK`, `PMX_GUEST_MUST_STOP`, `PMX_STORAGE_…` */
export async function planDiskMove(
  pve: PveReader,
  inventory: Inventory,
  request: DiskMoveRequest,
): Promise<Plan> {
  const { guest, slot, storage, format } = request;
  const config = await readConfig(pve, guest);
  const disk = requireDisk(guest, config, slot);
  const target = guestLabel(guest);
  refuse(guest, disk, target);
  await requireStorage(inventory, guest.node, storage, guest.type === 'lxc' ? 'rootdir' : 'images');
  const changed = disk.storage !== storage || (format !== undefined && format !== formatOf(disk));
  const title = `Move disk ${slot} of ${target} from ${disk.storage} to ${storage}`;
  return {
    operation: `${kindOf(guest).topic}.disk.move`,
    target,
    title: `${title} on node ${guest.node}`,
    steps: changed ? [step(request, disk, title)] : [],
    notes: changed
      ? [
          ...(await spaceNotes(
            inventory,
            guest,
            storage,
            sizeToBytes(disk.size ?? undefined) ?? 0,
          )),
          ...linkNotes([disk.volid]),
          ...(request.keep ? [`${disk.volid} stays as an unused disk.`] : []),
        ]
      : [`${target}: ${slot} is on ${storage} already; nothing to change.`],
    result: {
      vmid: guest.vmid,
      name: guest.name,
      node: guest.node,
      changed,
      slot,
      from: disk.storage ?? '',
      storage,
    },
  };
}

function step(
  { guest, slot, storage, format, keep }: DiskMoveRequest,
  disk: Disk,
  title: string,
): Step {
  const path = guestPath(guest);
  const lookup = {
    type: guest.type === 'lxc' ? 'move_volume' : 'qmmove',
    id: String(guest.vmid),
  };
  const before = formatOf(disk);
  return {
    id: 'move',
    title,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: `${path}/${guest.type === 'lxc' ? 'move_volume' : 'move_disk'}`,
      params: {
        [guest.type === 'lxc' ? 'volume' : 'disk']: slot,
        storage,
        format,
        delete: !keep,
      },
      lookup,
      // Terabytes take their time.
      timeoutSeconds: 24 * 3600,
    },
    undo: [
      {
        title: `Move disk ${slot} back to ${disk.storage}`,
        kind: 'pve.move-back',
        args: {
          path,
          slot,
          home: { storage: disk.storage ?? '', ...(before !== undefined && { format: before }) },
          away: storage,
          volid: disk.volid,
          lookup,
        },
      },
    ],
  };
}

/** Of a volume that is a file; on other storages there is only one. */
function formatOf({ volid }: Disk): string | undefined {
  return /\.(raw|qcow2|vmdk)$/.exec(volid)?.[1];
}

function refuse(guest: Guest, { slot, kind }: Disk, target: string): void {
  if (kind === 'cdrom' || kind === 'bind mount') {
    throw new RequestError({
      code: 'PMX_INVALID_DISK',
      message: `${slot} of ${target} is ${kind === 'cdrom' ? 'a CD-ROM drive' : 'a folder of the node'}, and that cannot be moved.`,
      hints: [`pmx ${kindOf(guest).topic} disk list ${guest.vmid} shows its disks.`],
    });
  }
  if (guest.type !== 'lxc' || guest.status !== 'running') return;
  throw new RequestError({
    code: 'PMX_GUEST_MUST_STOP',
    message: `${target} runs, and the volumes of a running container cannot be moved.`,
    hints: [`Stop it first: pmx ct shutdown ${guest.vmid}`],
  });
}
