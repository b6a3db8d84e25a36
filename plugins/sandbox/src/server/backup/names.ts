import { failure } from '../errors.js';
import type { GuestKind } from '../state/model.js';

export interface BackupName {
  kind: GuestKind;
  vmid: number;
  /** Seconds since the epoch, from the local time in the name. */
  ctime: number;
  compression: Compression;
}

/** How an archive is packed: by its file extension, '' for not at all. */
export type Compression = '' | 'gz' | 'zst';

const NAME =
  /^vzdump-(qemu|lxc)-([1-9]\d{2,8})-(\d{4})_(\d\d)_(\d\d)-(\d\d)_(\d\d)_(\d\d)\.(?:vma|tar)(?:\.(gz|lzo|zst))?$/;

/** Any archive; only those named by vzdump tell whose they are. */
export const ARCHIVE = /\.(tgz|(?:tar|vma)(?:\.(?:gz|lzo|zst|bz2))?)$/;

/** Reads the name that vzdump has given to an archive; undefined for others. */
export function parseBackupName(name: string): BackupName | undefined {
  const match = NAME.exec(name);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(3, 9).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    kind: match[1] as GuestKind,
    vmid: Number(match[2]),
    ctime: Math.floor(new Date(year, month - 1, day, hour, minute, second).getTime() / 1000),
    compression: (match[9] ?? '') as Compression,
  };
}

/** `vzdump-qemu-101-2026_11_20-13_45_00`: everything before the extension. */
export function backupStem(kind: GuestKind, vmid: number, when: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [when.getFullYear(), two(when.getMonth() + 1), two(when.getDate())].join('_');
  const time = [when.getHours(), when.getMinutes(), when.getSeconds()].map(two).join('_');
  return `vzdump-${kind}-${vmid}-${day}-${time}`;
}

/** What the parameter `compress` means. */
export function compressionOf(compress: string | undefined): Compression {
  switch (compress) {
    case undefined:
    case '0':
      return '';
    case 'gzip':
      return 'gz';
    case 'zstd':
      return 'zst';
    default:
      throw failure("command 'lzop' failed: the sandbox has no LZO");
  }
}
