import type { Guest, Plan, PveReader, Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { GuestConfig } from '../../shared/guest-config.js';
import { planConfigure } from '../configure.js';
import { guestLabel, guestPath, kindOf } from '../kind.js';
import { readConfig } from '../reads.js';
import { requireSlotName } from './add.js';
import { type Disk, disksOf, requireDisk } from './read.js';

/** Takes a disk off the guest; its volume stays as an unused one. @throws RequestError `PMX_INVALID_DISK` */
export async function planDetach(pve: PveReader, guest: Guest, slot: string): Promise<Plan> {
  requireSlotName(guest, slot);
  const config = await readConfig(pve, guest);
  const disk = disksOf(guest, config).find((candidate) => candidate.slot === slot);
  if (disk?.kind === 'unused') {
    throw new RequestError({
      code: 'PMX_INVALID_DISK',
      message: `${slot} of ${guestLabel(guest)} is detached already: ${disk.volid}.`,
      hints: [
        `Delete its volume: pmx ${kindOf(guest).topic} disk remove ${guest.vmid} ${slot}`,
        `Or attach it: pmx ${kindOf(guest).topic} set ${guest.vmid} --set scsi1=${disk.volid}`,
      ],
    });
  }
  return planConfigure({
    guest,
    config,
    ...detaching(config, slot),
    verb: 'disk.detach',
    title: `Detach disk ${slot} of ${guestLabel(guest)}`,
    notes: disk ? [`${disk.volid} stays as an unused disk.`] : [],
    result: { slot, volid: disk?.volid ?? null },
  });
}

/** PVE takes a detached disk out of the boot order by itself; said here so that undo brings it back. */
function detaching(
  config: GuestConfig,
  slot: string,
): { set: Record<string, string>; remove: string[] } {
  const order = /^order=(.*)$/.exec(String(config['boot'] ?? ''))?.[1]?.split(';') ?? [];
  const rest = order.filter((device) => device !== slot);
  if (rest.length === order.length) return { set: {}, remove: [slot] };
  if (rest.length === 0) return { set: {}, remove: [slot, 'boot'] };
  return { set: { boot: `order=${rest.join(';')}` }, remove: [slot] };
}

export interface DiskRemoveResult {
  vmid: number;
  name: string;
  node: string;
  changed: boolean;
  slot: string;
  volid: string | null;
}

/**
 * Deletes a disk with its volume, for good.
 * @throws RequestError `PMX_INVALID_DISK`, `PMX_GUEST_MUST_STOP`
 */
export async function planDiskRemove(pve: PveReader, guest: Guest, slot: string): Promise<Plan> {
  requireSlotName(guest, slot);
  const config = await readConfig(pve, guest);
  const target = guestLabel(guest);
  const changed = config[slot] !== undefined;
  const disk = changed ? requireDisk(guest, config, slot) : undefined;
  if (disk) refuse(guest, disk, target);
  const base = {
    operation: `${kindOf(guest).topic}.disk.remove`,
    target,
    title: `Delete disk ${slot} of ${target} on node ${guest.node}`,
    result: {
      vmid: guest.vmid,
      name: guest.name,
      node: guest.node,
      changed,
      slot,
      volid: disk?.volid ?? null,
    },
  };
  if (!disk) return { ...base, steps: [], notes: [`${target} has no ${slot}; nothing to change.`] };
  return {
    ...base,
    steps: removal(guest, config, disk, target),
    variables: { after: null, pending: [] },
    impact: {
      removes: [
        {
          what: 'disk',
          name: disk.volid,
          detail: [slot, disk.size, disk.path].filter(Boolean).join(', '),
        },
      ],
      keeps: [],
    },
  };
}

function removal(guest: Guest, config: GuestConfig, disk: Disk, target: string): Step[] {
  const { slot, volid, kind } = disk;
  const unused = kind === 'unused' ? slot : firstUnused(config);
  const path = guestPath(guest);
  const { set, remove } = detaching(config, slot);
  const before = Object.fromEntries(
    [...Object.keys(set), ...remove].map((option) => [option, config[option] ?? null]),
  );
  const detach: Step = {
    id: 'detach',
    title: `Detach disk ${slot} of ${target}`,
    kind: 'pve.configure',
    args: { path, set, remove, before },
    bind: { after: 'after' },
    undo: [
      {
        title: `Attach disk ${slot} of ${target} again`,
        kind: 'pve.restore-config',
        args: { path, set, remove, before, after: { $var: 'after' } },
      },
    ],
  };
  const destroy: Step = {
    id: 'remove',
    title: `Delete volume ${volid}`,
    kind: 'pve.configure',
    // Of another volume that got this slot meanwhile nothing is deleted.
    args: { path, set: {}, remove: [unused], before: { [unused]: volid } },
    destructive: true,
  };
  return kind === 'unused' || kind === 'cloudinit'
    ? [only(destroy, detach, kind)]
    : [detach, destroy];
}

/** PVE frees the volume of a cloud-init drive together with the drive. */
function only(destroy: Step, detach: Step, kind: Disk['kind']): Step {
  if (kind === 'unused') return destroy;
  const { undo: _, ...step } = detach;
  return { ...step, destructive: true };
}

/** Where PVE keeps a volume that is detached: the lowest number that is free. */
function firstUnused(config: GuestConfig): string {
  for (let index = 0; ; index++)
    if (config[`unused${index}`] === undefined) return `unused${index}`;
}

function refuse(guest: Guest, { slot, kind }: Disk, target: string): void {
  if (kind === 'cdrom' || kind === 'bind mount') {
    const what = kind === 'cdrom' ? 'a CD-ROM drive' : 'a folder of the node';
    throw new RequestError({
      code: 'PMX_INVALID_DISK',
      message: `${slot} of ${target} is ${what}: there is no volume of its own to delete.`,
      hints: [`Take it off only: pmx ${kindOf(guest).topic} disk detach ${guest.vmid} ${slot}`],
    });
  }
  if (guest.type !== 'lxc' || guest.status !== 'running' || kind === 'unused') return;
  throw new RequestError({
    code: 'PMX_GUEST_MUST_STOP',
    message: `${target} runs, and a running container does not let go of a volume.`,
    hints: [`Stop it first: pmx ct shutdown ${guest.vmid}`],
  });
}
