import type { DiskSize, Guest, Inventory, Plan, PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { GuestConfig } from '../../shared/guest-config.js';
import { requireStorage } from '../../shared/places.js';
import { planConfigure } from '../configure.js';
import { guestLabel } from '../kind.js';
import { readConfig } from '../reads.js';
import { disksOf, mainSlot } from './read.js';
import { spaceNotes } from './space.js';

export interface DiskAddRequest {
  guest: Guest;
  size: DiskSize;
  /** That of the first disk when left out. */
  storage?: string;
  /** For VMs: `scsi`, `virtio`, `sata`, `ide`; the next free slot of it. */
  bus: string;
  slot?: string;
  /** For containers: where it is mounted. */
  path?: string;
  /** Parts of the option: `ssd`, `discard`, `cache`, `iothread`, `backup`, `format` … */
  options: Readonly<Record<string, string>>;
}

const slotsOf: Readonly<Record<string, number>> = {
  scsi: 31,
  virtio: 16,
  sata: 6,
  ide: 4,
  mp: 256,
};
const gibibyte = 2 ** 30;

/**
 * A new, empty disk. Undo deletes its volume.
 * @throws RequestError `PMX_INVALID_DISK`, `PMX_SLOT_TAKEN`, `PMX_STORAGE_…`
 */
export async function planDiskAdd(
  pve: PveReader,
  inventory: Inventory,
  request: DiskAddRequest,
): Promise<Plan> {
  const { guest, size } = request;
  if (size.relative) throw relative(size);
  const config = await readConfig(pve, guest);
  const target = guestLabel(guest);
  const slot = chooseSlot(request, config, target);
  const storage = request.storage ?? storageOfMain(guest, config);
  await requireStorage(inventory, guest.node, storage, guest.type === 'lxc' ? 'rootdir' : 'images');
  const options = { ...(request.path !== undefined && { mp: request.path }), ...request.options };
  const value = [
    `${storage}:${size.bytes / gibibyte}`,
    ...Object.entries(options).map(([key, item]) => `${key}=${item}`),
  ].join(',');
  return planConfigure({
    guest,
    config,
    set: { [slot]: value },
    verb: 'disk.add',
    title: `Add disk ${slot} of ${size.pve} on storage ${storage} to ${target}`,
    notes: [
      ...(await spaceNotes(inventory, guest, storage, size.bytes)),
      ...controllerNotes(request, config),
    ],
    result: { slot },
  });
}

function chooseSlot(
  { guest, bus, slot, path }: DiskAddRequest,
  config: GuestConfig,
  target: string,
): string {
  const family = guest.type === 'lxc' ? 'mp' : bus;
  if (guest.type === 'lxc' && !/^\/[^,]*[^,/]$/.test(path ?? '')) {
    throw new RequestError({
      code: 'PMX_INVALID_DISK',
      message: `'${path ?? ''}' is no path inside a container to mount a volume at.`,
      hints: ['For example: --path /data'],
    });
  }
  const count = slotsOf[family] ?? 0;
  const all = Array.from({ length: count }, (_, index) => `${family}${index}`);
  if (slot === undefined) {
    const free = all.find((candidate) => config[candidate] === undefined);
    if (free !== undefined) return free;
    throw new RequestError({
      code: 'PMX_SLOT_TAKEN',
      message: `All ${count} slots of ${family} of ${target} are in use.`,
      hints: guest.type === 'lxc' ? [] : ['Take another bus: --bus virtio'],
    });
  }
  requireSlotName(guest, slot);
  if (config[slot] === undefined) return slot;
  throw new RequestError({
    code: 'PMX_SLOT_TAKEN',
    message: `Slot ${slot} of ${target} is in use: ${config[slot]}.`,
    hints: ['Leave --slot out to get the next free one.'],
  });
}

/** @throws RequestError `PMX_INVALID_DISK` */
export function requireSlotName({ type }: Guest, slot: string): void {
  const [, family = '', index] = /^([a-z]+)(\d+)$/.exec(slot) ?? [];
  const families =
    type === 'lxc'
      ? ['mp', 'unused']
      : ['scsi', 'virtio', 'sata', 'ide', 'unused', 'efidisk', 'tpmstate'];
  if (families.includes(family) && Number(index) < (slotsOf[family] ?? 256)) return;
  throw new RequestError({
    code: 'PMX_INVALID_DISK',
    message: `'${slot}' is no slot for a disk of a ${type === 'lxc' ? 'container' : 'VM'}.`,
    hints: [`There are: ${families.map((name) => `${name}0`).join(', ')} and so on.`],
  });
}

function storageOfMain(guest: Guest, config: GuestConfig): string {
  const main = mainSlot(guest, config);
  return disksOf(guest, config).find(({ slot }) => slot === main)?.storage ?? 'local';
}

/** A thread for a SCSI disk needs a controller for each disk. */
function controllerNotes({ bus, slot, options }: DiskAddRequest, config: GuestConfig): string[] {
  const isScsi = (slot ?? bus).startsWith('scsi');
  if (options['iothread'] !== '1' || !isScsi) return [];
  return config['scsihw'] === 'virtio-scsi-single'
    ? []
    : ['iothread has an effect with --scsihw virtio-scsi-single only (pmx vm set).'];
}

function relative({ pve }: DiskSize): RequestError {
  return new RequestError({
    code: 'PMX_INVALID_DISK',
    message: `${pve} adds to a disk, and this is a new one.`,
    hints: [`Say how big it is: --size ${pve.slice(1)}`],
  });
}
