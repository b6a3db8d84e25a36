import type { Guest, PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { bootDisk, type Drive, drivesOf, type GuestConfig } from '../../shared/guest-config.js';
import { guestLabel, kindOf } from '../kind.js';
import { readConfig } from '../reads.js';

export interface Disk {
  vmid: number;
  guest: string;
  /** `scsi0`, `rootfs`, `mp0`, `unused0` … */
  slot: string;
  kind: Drive['kind'] | 'bind mount';
  volid: string;
  storage: string | null;
  /** As Proxmox VE writes it: `20G`. */
  size: string | null;
  /** Where a container sees it. */
  path: string | null;
  /** The other parts of the option. */
  options: string;
}

const mountPoint = /^(?:rootfs|mp\d+|unused\d+)$/;

/** Everything that holds data, or could: the disks of a VM, the mount points of a container. */
export function disksOf(guest: Guest, config: GuestConfig): Disk[] {
  const slots =
    guest.type === 'qemu'
      ? drivesOf(config).map(({ slot, kind }) => ({ slot, kind }))
      : Object.keys(config)
          .filter((key) => mountPoint.test(key))
          .map((slot) => ({ slot, kind: kindOfMount(slot, String(config[slot])) }));
  return slots
    .map(({ slot, kind }) => disk(guest, slot, kind, String(config[slot])))
    .sort((a, b) => rank(a) - rank(b) || a.slot.localeCompare(b.slot, 'en', { numeric: true }));
}

/** What is in use first. */
function rank({ kind }: Disk): number {
  return kind === 'unused' ? 1 : 0;
}

function kindOfMount(slot: string, value: string): Disk['kind'] {
  if (slot.startsWith('unused')) return 'unused';
  return value.startsWith('/') ? 'bind mount' : 'disk';
}

function disk(guest: Guest, slot: string, kind: Disk['kind'], value: string): Disk {
  const [volid = '', ...rest] = value.split(',');
  const part = (name: string): string | null =>
    rest.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  const shown = rest.filter((option) => !/^(?:size|mp|media)=/.test(option));
  return {
    vmid: guest.vmid,
    guest: guest.name,
    slot,
    kind,
    volid,
    storage: kind === 'bind mount' ? null : volid.slice(0, Math.max(0, volid.indexOf(':'))),
    size: part('size'),
    path: slot === 'rootfs' ? '/' : part('mp'),
    options: shown.join(','),
  };
}

export async function readDisks(pve: PveReader, guest: Guest): Promise<Disk[]> {
  return disksOf(guest, await readConfig(pve, guest));
}

/** The slot that is meant when none is named. */
export function mainSlot(guest: Guest, config: GuestConfig): string {
  return guest.type === 'lxc' ? 'rootfs' : (bootDisk(config)?.slot ?? 'scsi0');
}

/** @throws RequestError `PMX_DISK_NOT_FOUND` */
export function requireDisk(guest: Guest, config: GuestConfig, slot: string): Disk {
  const disks = disksOf(guest, config);
  const found = disks.find((candidate) => candidate.slot === slot);
  if (found) return found;
  const slots = disks.map((candidate) => candidate.slot).join(', ');
  throw new RequestError({
    code: 'PMX_DISK_NOT_FOUND',
    message: `${guestLabel(guest)} has no disk ${slot}.`,
    hints: [
      slots === '' ? 'It has no disk at all.' : `It has: ${slots}.`,
      `pmx ${kindOf(guest).topic} disk list ${guest.vmid}`,
    ],
  });
}

/** What comes back after a linked clone was copied elsewhere is a disk of its own. */
export function linkNotes(volids: readonly string[]): string[] {
  return volids
    .filter((volid) => /[:/]base-\d+-disk-\d+[^/]*\//.test(volid))
    .map((volid) => `${volid} is a linked clone: the copy is a full one, also after an undo.`);
}
