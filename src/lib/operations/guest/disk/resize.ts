import type { DiskSize, Guest, Inventory, Plan, PveReader, Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { bytesToSize, sizeToBytes } from '../../shared/guest-config.js';
import { guestLabel, guestPath, kindOf } from '../kind.js';
import { readConfig } from '../reads.js';
import { type Disk, mainSlot, requireDisk } from './read.js';
import { spaceNotes } from './space.js';

export interface ResizeRequest {
  guest: Guest;
  /** The disk that it boots from, or the root file system, when left out. */
  slot?: string;
  size: DiskSize;
}

export interface ResizeResult {
  vmid: number;
  name: string;
  node: string;
  changed: boolean;
  slot: string;
  oldSize: string;
  newSize: string;
}

/** @throws RequestError `PMX_DISK_NOT_FOUND`, `PMX_DISK_SHRINK`, `PMX_DISK_NOT_RESIZABLE`, `PMX_STORAGE_TOO_SMALL` */
export async function planResize(
  pve: PveReader,
  inventory: Inventory,
  { guest, slot: asked, size }: ResizeRequest,
): Promise<Plan> {
  const config = await readConfig(pve, guest);
  const slot = asked ?? mainSlot(guest, config);
  const disk = requireDisk(guest, config, slot);
  const target = guestLabel(guest);
  const present = sizeOf(disk, target);
  const wanted = size.relative ? present + size.bytes : size.bytes;
  if (wanted < present) throw shrink(disk, target, size);
  const [oldSize, newSize] = [disk.size!, bytesToSize(wanted)];
  const title = `Resize ${slot} of ${target} from ${oldSize} to ${newSize}`;
  const changed = wanted > present;
  const notes = changed
    ? [
        ...(await spaceNotes(inventory, guest, disk.storage, wanted - present)),
        'A disk cannot be made smaller again.',
      ]
    : [`${target}: ${slot} has ${oldSize} already; nothing to change.`];
  // Absolute, so that asking twice after a lost answer does not add twice.
  const step: Step = {
    id: 'resize',
    title,
    kind: 'pve.call',
    args: {
      method: 'PUT',
      path: `${guestPath(guest)}/resize`,
      params: { disk: slot, size: newSize },
      lookup: { type: 'resize', id: String(guest.vmid) },
    },
  };
  return {
    operation: `${kindOf(guest).topic}.resize`,
    target,
    title: `${title} on node ${guest.node}`,
    steps: changed ? [step] : [],
    notes,
    result: {
      vmid: guest.vmid,
      name: guest.name,
      node: guest.node,
      changed,
      slot,
      oldSize,
      newSize,
    },
  };
}

function sizeOf({ slot, kind, size }: Disk, target: string): number {
  const bytes = sizeToBytes(size ?? undefined);
  if (kind === 'disk' && bytes !== undefined) return bytes;
  throw new RequestError({
    code: 'PMX_DISK_NOT_RESIZABLE',
    message: `${slot} of ${target} is ${kind === 'disk' ? 'a disk of unknown size' : `a ${kind} disk`}, and that cannot be resized.`,
    hints: ['Only disks in use have a size to change.'],
  });
}

function shrink({ slot, size: present }: Disk, target: string, { pve }: DiskSize): RequestError {
  return new RequestError({
    code: 'PMX_DISK_SHRINK',
    message: `${slot} of ${target} has ${present}; it cannot be shrunk to ${pve}.`,
    hints: [`Ask for more than ${present}, or for +SIZE.`],
  });
}
