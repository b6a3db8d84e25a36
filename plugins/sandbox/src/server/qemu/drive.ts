import { failure } from '../errors.js';
import { parsePropertyString, printPropertyString } from '../api/property-string.js';
import type { Properties } from '../api/property-string.js';
import type { SubParam } from '../api/types.js';
import { isVolid } from '../storage/volumes.js';

type SubTable = Record<string, SubParam>;

const integer = (more: Partial<SubParam> = {}): SubParam => ({
  type: 'integer',
  optional: 1,
  ...more,
});
const number = (): SubParam => ({ type: 'number', optional: 1 });
const flag = (): SubParam => ({ type: 'boolean', optional: 1 });
const choice = (...values: string[]): SubParam => ({ type: 'string', optional: 1, enum: values });

function throttles(): SubTable {
  const table: SubTable = {};
  for (const direction of ['', '_rd', '_wr']) {
    table[`bps${direction}`] = integer();
    table[`iops${direction}`] = integer();
    table[`mbps${direction}`] = number();
    table[`iops${direction}_max`] = integer();
    table[`mbps${direction}_max`] = number();
    table[`bps${direction}_max_length`] = integer({ minimum: 1 });
    table[`iops${direction}_max_length`] = integer({ minimum: 1 });
  }
  return table;
}

const COMMON: SubTable = {
  file: { type: 'string', format: 'pve-volume-id-or-qm-path', default_key: 1 },
  volume: { alias: 'file' },
  'import-from': { type: 'string', optional: 1, format: 'pve-volume-id-or-absolute-path' },
  aio: choice('native', 'threads', 'io_uring'),
  backup: flag(),
  cache: choice('none', 'writethrough', 'writeback', 'unsafe', 'directsync'),
  detect_zeroes: flag(),
  discard: choice('ignore', 'on'),
  format: choice('raw', 'qcow', 'qed', 'qcow2', 'vmdk', 'cloop'),
  media: choice('cdrom', 'disk'),
  replicate: flag(),
  rerror: choice('ignore', 'report', 'stop'),
  serial: { type: 'string', optional: 1, format: 'urlencoded', maxLength: 60 },
  shared: flag(),
  size: { type: 'string', optional: 1, format: 'disk-size' },
  snapshot: flag(),
  werror: choice('enospc', 'ignore', 'report', 'stop'),
  ...throttles(),
};

const wwn: SubParam = { type: 'string', optional: 1, pattern: '0x[0-9a-fA-F]{16}' };

/** The keys of a drive, by bus. */
export const DRIVE_SCHEMAS = {
  ide: {
    ...COMMON,
    model: { type: 'string', optional: 1, format: 'urlencoded', maxLength: 120 },
    ssd: flag(),
    wwn,
  },
  sata: { ...COMMON, ssd: flag(), wwn },
  scsi: {
    ...COMMON,
    iothread: flag(),
    product: { type: 'string', optional: 1, pattern: '[A-Za-z0-9\\-_\\s]{0,16}' },
    queues: integer({ minimum: 2 }),
    ro: flag(),
    scsiblock: flag(),
    ssd: flag(),
    vendor: { type: 'string', optional: 1, pattern: '[A-Za-z0-9\\-_\\s]{0,8}' },
    wwn,
  },
  virtio: { ...COMMON, iothread: flag(), ro: flag() },
  efidisk: {
    file: COMMON['file']!,
    volume: { alias: 'file' },
    'import-from': COMMON['import-from']!,
    efitype: choice('2m', '4m'),
    format: COMMON['format']!,
    'ms-cert': choice('2011', '2023', '2023w', '2023k'),
    'pre-enrolled-keys': flag(),
    size: COMMON['size']!,
  },
  tpmstate: {
    file: COMMON['file']!,
    volume: { alias: 'file' },
    'import-from': COMMON['import-from']!,
    format: choice('raw', 'qcow2', 'vmdk'),
    size: COMMON['size']!,
    version: choice('v1.2', 'v2.0'),
  },
  unused: {
    file: { type: 'string', format: 'pve-volume-id', default_key: 1 },
    volume: { alias: 'file' },
  },
} as const satisfies Record<string, SubTable>;

export type Drive = Properties & { file: string };

const COUNTS: Readonly<Record<string, number>> = {
  ide: 4,
  sata: 6,
  scsi: 31,
  virtio: 16,
  efidisk: 1,
  tpmstate: 1,
};

/** Is it the name of a drive that a VM can use (unusedN is not)? */
export function isDriveKey(key: string): boolean {
  const match = /^([a-z]+)(\d+)$/.exec(key);
  return match !== null && Number(match[2]) < (COUNTS[match[1]!] ?? 0);
}

/** Is it a drive or an unused disk? */
export function isDiskKey(key: string): boolean {
  return isDriveKey(key) || /^unused\d{1,3}$/.test(key);
}

/** All drive names in PVE's order. */
export function driveKeys(): string[] {
  return Object.entries(COUNTS).flatMap(([bus, count]) =>
    Array.from({ length: count }, (_, index) => `${bus}${index}`),
  );
}

/** Reads a drive's text. */
export function parseDrive(key: string, text: string): Drive {
  const bus = /^[a-z]+/.exec(key)?.[0] ?? '';
  const schema = (DRIVE_SCHEMAS as Readonly<Record<string, SubTable>>)[bus];
  if (!schema) throw failure(`unable to parse drive options for '${key}'`);
  return parsePropertyString(schema, text) as Drive;
}

/** Writes a drive as PVE does: the volume, then the options in alphabetical order. */
export function printDrive(drive: Properties): string {
  return printPropertyString(drive, 'file');
}

/** `local:cloudinit` asks for one; `…/vm-100-cloudinit.qcow2` is one. */
export function isCloudInit(drive: Drive): boolean {
  return /:cloudinit$/.test(drive.file) || /[:/]vm-\d+-cloudinit(?:\.\w+)?$/.test(drive.file);
}

export function isCdrom(drive: Drive): boolean {
  return drive['media'] === 'cdrom' || isCloudInit(drive);
}

/** `storage:32` asks for a new disk of 32 GiB. */
export function wantedDisk(drive: Drive): { storage: string; gib: number } | undefined {
  const match = /^([a-z][a-z0-9\-_.]*[a-z0-9]):(\d+(?:\.\d+)?)$/i.exec(drive.file);
  return match ? { storage: match[1]!, gib: Number(match[2]) } : undefined;
}

/** The volume that a drive holds, if it holds one. */
export function volumeOf(drive: Drive): string | undefined {
  return drive.file !== 'none' && drive.file !== 'cdrom' && isVolid(drive.file)
    ? drive.file
    : undefined;
}
