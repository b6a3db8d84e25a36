import { type DiskSize, invalid, parseDiskSize } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { GuestConfig } from '../shared/guest-config.js';

/** A disk to be made, or the size that a template's first one is to get. */
export interface DriveRequest {
  size: DiskSize;
  slot?: string;
  storage?: string;
  /** PVE's options of a drive: `ssd`, `discard`, `format` … */
  options: Readonly<Record<string, string>>;
}

const flags = ['ssd', 'iothread', 'backup', 'replicate', 'ro', 'shared'];
const words: Readonly<Record<string, RegExp>> = {
  discard: /^(?:on|ignore)$/,
  cache: /^(?:none|writethrough|writeback|unsafe|directsync)$/,
  aio: /^(?:native|threads|io_uring)$/,
  format: /^(?:raw|qcow2|vmdk)$/,
};
const slots = /^(?:scsi(?:[12]?\d|30)|virtio(?:\d|1[0-5])|sata[0-5]|ide[0-3])$/;

/**
 * `20G`, `fast:20G,ssd=1,discard=on`, `+10G` → a drive.
 * @throws RequestError `PMX_INVALID_DISK`, `PMX_INVALID_SIZE`
 */
export function parseDrive(value: string): DriveRequest {
  const [first = '', ...rest] = value.split(',');
  const [, storage, size = ''] = /^(?:([a-z][\w.-]*):)?(.*)$/i.exec(first) ?? [];
  const options: Record<string, string> = {};
  let slot: string | undefined;
  for (const part of rest) {
    const [key = '', item = '1'] = part.split('=', 2);
    if (key === 'slot') {
      if (!slots.test(item)) throw refuse(value, `'${item}' is no slot like scsi1, virtio0, sata2`);
      slot = item;
    } else options[key] = driveOption(value, key, item);
  }
  return {
    size: parseDiskSize(size),
    ...(storage !== undefined && { storage }),
    ...(slot !== undefined && { slot }),
    options,
  };
}

function driveOption(value: string, key: string, item: string): string {
  if (flags.includes(key)) {
    if (/^(?:1|on|yes|true)$/.test(item)) return '1';
    if (/^(?:0|off|no|false)$/.test(item)) return '0';
    throw refuse(value, `${key} is 0 or 1`);
  }
  const known = words[key];
  if (!known)
    throw refuse(
      value,
      `'${key}' is not one of slot, ${[...flags, ...Object.keys(words)].join(', ')}`,
    );
  if (!known.test(item)) throw refuse(value, `${key}=${item} is none that Proxmox VE knows`);
  return item;
}

function refuse(value: string, rule: string): Error {
  return invalid(
    'PMX_INVALID_DISK',
    'Disk',
    value,
    rule,
    'For example: --disk 20G or --disk fast:100G,ssd=1,discard=on',
  );
}

/** Each drive with a slot of its own, beside those that are in use. */
export function placeDrives(
  drives: readonly DriveRequest[],
  used: GuestConfig = {},
): Array<DriveRequest & { slot: string }> {
  const taken = new Set(Object.keys(used));
  for (const { slot } of drives) {
    if (slot === undefined) continue;
    if (taken.has(slot)) {
      throw new RequestError({
        code: 'PMX_INVALID_DISK',
        message: `Slot ${slot} is asked for by two disks, or in use.`,
        hints: ['Leave slot= out to get the next free one.'],
      });
    }
    taken.add(slot);
  }
  return drives.map((drive) => {
    const slot = drive.slot ?? freeSlot(taken);
    taken.add(slot);
    return { ...drive, slot };
  });
}

function freeSlot(taken: ReadonlySet<string>): string {
  for (let index = 0; index <= 30; index++) if (!taken.has(`scsi${index}`)) return `scsi${index}`;
  throw new RequestError({
    code: 'PMX_INVALID_DISK',
    message: 'A VM has 31 SCSI slots, and all are in use.',
    hints: ['Name another bus: --disk 20G,slot=virtio0'],
  });
}

const gibibyte = 2 ** 30;

/** What makes a new volume: `fast:20,ssd=1`. @throws RequestError `PMX_INVALID_DISK` */
export function newDrive(drive: DriveRequest, storage: string): string {
  if (drive.size.relative) {
    throw new RequestError({
      code: 'PMX_INVALID_DISK',
      message: `${drive.size.pve} adds to a disk, and this is a new one.`,
      hints: [`Say how big it is: --disk ${drive.size.pve.slice(1)}`],
    });
  }
  const options = Object.entries(drive.options).map(([key, item]) => `${key}=${item}`);
  return [`${storage}:${drive.size.bytes / gibibyte}`, ...options].join(',');
}
