import { stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { failure } from '../errors.js';
import { QCOW2_MAGIC, withFile } from './disk-format.js';

export interface DiskInfo {
  /** Virtual size in bytes. */
  size: number;
  /** The name of the image below it, as it stands in the file. */
  backing?: string;
  /** What leads to files beside it, in words. */
  external?: string;
}

const VMDK_MAGIC = 0x4b444d56;
/** QEMU refuses bigger first tables, and so images that claim to be bigger than they could be. */
const MAX_L1_BYTES = 32 * 1024 * 1024;
const MAX_L1_ENTRIES = 2 ** 31 - 1;
const HAS_DATA_FILE = 4n;
/** A descriptor is a short text; more of it is not looked at. */
const MAX_DESCRIPTOR = 64 * 1024;

/** Reads an image's header; throws in qemu-img's words when the file is not what its name says. */
export async function readDiskInfo(
  path: string,
  format: string,
  shownPath = path,
): Promise<DiskInfo> {
  // A directory has no size of its own.
  if (format === 'subvol') return { size: 0 };
  if (format !== 'qcow2' && format !== 'vmdk') return { size: (await stat(path)).size };
  const cannot = (why: string): Error => failure(`qemu-img: Could not open '${shownPath}': ${why}`);
  return withFile(path, 'r', async (file) => {
    const header = Buffer.alloc(1024);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    return format === 'vmdk'
      ? readVmdk(file, header.subarray(0, bytesRead), cannot)
      : readQcow2(file, header, bytesRead, cannot);
  });
}

type Refusal = (why: string) => Error;

async function readQcow2(
  file: FileHandle,
  header: Buffer,
  bytesRead: number,
  cannot: Refusal,
): Promise<DiskInfo> {
  if (bytesRead < 72 || header.readUInt32BE(0) !== QCOW2_MAGIC)
    throw cannot('Image is not in qcow2 format');
  const size = Number(header.readBigUInt64BE(24));
  const entries = size / 2 ** (2 * header.readUInt32BE(20) - 3);
  const l1Entries = header.readUInt32BE(36);
  if (entries > MAX_L1_ENTRIES) throw cannot('Image is too big');
  if (l1Entries * 8 > MAX_L1_BYTES) throw cannot('Active L1 table too large');
  if (entries > l1Entries) throw cannot('L1 table is too small');
  const version = header.readUInt32BE(4);
  const hasDataFile = version >= 3 && (header.readBigUInt64BE(72) & HAS_DATA_FILE) !== 0n;
  const external = hasDataFile ? { external: "'data-file' references are not allowed!" } : {};
  const backingOffset = Number(header.readBigUInt64BE(8));
  const backingLength = header.readUInt32BE(16);
  if (backingOffset === 0) return { size, ...external };
  if (backingLength > 1023) throw cannot('Backing file name too long');
  const name = Buffer.alloc(backingLength);
  await file.read(name, 0, backingLength, backingOffset);
  return { size, backing: name.toString('utf8'), ...external };
}

async function readVmdk(file: FileHandle, header: Buffer, cannot: Refusal): Promise<DiskInfo> {
  // A descriptor by itself is a text that names the files with the data.
  if (/^\s*#\s*Disk DescriptorFile/.test(header.toString('latin1')))
    return { size: 0, external: 'extents in other files are not allowed' };
  if (header.length < 512 || header.readUInt32LE(0) !== VMDK_MAGIC)
    throw cannot('Image not in VMDK format');
  const sectors = Number(header.readBigUInt64LE(12));
  const at = Number(header.readBigUInt64LE(28)) * 512;
  const length = Math.min(MAX_DESCRIPTOR, Number(header.readBigUInt64LE(36)) * 512);
  const descriptor = Buffer.alloc(at > 0 ? length : 0);
  if (descriptor.length > 0) await file.read(descriptor, 0, descriptor.length, at);
  const text = descriptor.toString('latin1');
  const backing = /^\s*parentFileNameHint\s*=\s*"([^"]+)"/m.exec(text)?.[1];
  const extents = text.match(/^\s*(?:RW|RDONLY|NOACCESS)\s+\d+\s+\w+/gm) ?? [];
  // Without sectors of its own it takes its data from where the descriptor says.
  const elsewhere =
    extents.length > 1 || extents.some((line) => !/SPARSE$/.test(line)) || sectors === 0;
  return {
    size: sectors * 512,
    ...(backing === undefined ? {} : { backing }),
    ...(elsewhere ? { external: 'extents in other files are not allowed' } : {}),
  };
}
