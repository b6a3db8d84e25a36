import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { failure } from '../errors.js';

export interface DiskInfo {
  /** Virtual size in bytes. */
  size: number;
  /** The name of the image below it, as it stands in the file. */
  backing?: string;
}

const CLUSTER = 64 * 1024;
/** One entry of the first table covers this much of a disk when clusters have 64 KiB. */
const L1_COVERS = (CLUSTER / 8) * CLUSTER;
const QCOW2_MAGIC = 0x514649fb;
const VMDK_MAGIC = 0x4b444d56;
const BACKING_FORMAT = 0xe2792aca;

async function withFile<T>(
  path: string,
  flags: string,
  action: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(path, flags);
  try {
    return await action(file);
  } finally {
    await file.close();
  }
}

/** Reads an image's header; throws in qemu-img's words when the file is not what its name says. */
export async function readDiskInfo(
  path: string,
  format: string,
  shownPath = path,
): Promise<DiskInfo> {
  // A directory has no size of its own.
  if (format === 'subvol') return { size: 0 };
  if (format !== 'qcow2' && format !== 'vmdk') return { size: (await stat(path)).size };
  return withFile(path, 'r', async (file) => {
    const header = Buffer.alloc(1024);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    if (format === 'vmdk') {
      if (bytesRead < 512 || header.readUInt32LE(0) !== VMDK_MAGIC)
        throw failure(`qemu-img: Could not open '${shownPath}': Image not in VMDK format`);
      return { size: Number(header.readBigUInt64LE(12)) * 512 };
    }
    if (bytesRead < 72 || header.readUInt32BE(0) !== QCOW2_MAGIC)
      throw failure(`qemu-img: Could not open '${shownPath}': Image is not in qcow2 format`);
    const size = Number(header.readBigUInt64BE(24));
    const backingOffset = Number(header.readBigUInt64BE(8));
    const backingLength = header.readUInt32BE(16);
    if (backingOffset === 0) return { size };
    if (backingLength > 1023)
      throw failure(`qemu-img: Could not open '${shownPath}': Backing file name too long`);
    const name = Buffer.alloc(backingLength);
    await file.read(name, 0, backingLength, backingOffset);
    return { size, backing: name.toString('utf8') };
  });
}

/** Writes an empty qcow2 image (version 3), by itself or on top of another; it is as sparse as qemu-img's. */
export async function createQcow2(path: string, size: number, backing?: string): Promise<void> {
  const entries = Math.max(1, Math.ceil(size / L1_COVERS));
  const l1Clusters = Math.max(1, Math.ceil((entries * 8) / CLUSTER));
  const header = Buffer.alloc(CLUSTER);
  header.writeUInt32BE(QCOW2_MAGIC, 0);
  header.writeUInt32BE(3, 4);
  header.writeUInt32BE(16, 20); // cluster_bits
  header.writeBigUInt64BE(BigInt(size), 24);
  header.writeUInt32BE(entries, 36);
  header.writeBigUInt64BE(BigInt(3 * CLUSTER), 40); // L1 table
  header.writeBigUInt64BE(BigInt(CLUSTER), 48); // refcount table
  header.writeUInt32BE(1, 56); // its clusters
  header.writeUInt32BE(4, 96); // 16-bit reference counts
  header.writeUInt32BE(104, 100); // header length
  if (backing !== undefined) {
    const name = Buffer.from(backing);
    header.writeUInt32BE(BACKING_FORMAT, 104);
    header.writeUInt32BE(5, 108);
    header.write('qcow2', 112);
    header.writeBigUInt64BE(BigInt(128), 8);
    header.writeUInt32BE(name.length, 16);
    name.copy(header, 128);
  }
  const refcountTable = Buffer.alloc(8);
  refcountTable.writeBigUInt64BE(BigInt(2 * CLUSTER));
  const refcounts = Buffer.alloc((3 + l1Clusters) * 2);
  for (let cluster = 0; cluster < 3 + l1Clusters; cluster++)
    refcounts.writeUInt16BE(1, cluster * 2);
  await withFile(path, 'r+', async (file) => {
    await file.truncate(0);
    await file.write(header.subarray(0, 4096), 0, 4096, 0);
    await file.write(refcountTable, 0, refcountTable.length, CLUSTER);
    await file.write(refcounts, 0, refcounts.length, 2 * CLUSTER);
    await file.truncate((3 + l1Clusters) * CLUSTER);
  });
}

/** Makes an image bigger without qemu-img: raw files grow, of a qcow2 the header is rewritten. */
export async function growDisk(path: string, format: string, size: number): Promise<void> {
  await withFile(path, 'r+', async (file) => {
    if (format !== 'qcow2') {
      await file.truncate(size);
      return;
    }
    const header = Buffer.alloc(48);
    await file.read(header, 0, 48, 0);
    const coverage = 2 ** (2 * header.readUInt32BE(20) - 3);
    const entries = Math.ceil(size / coverage);
    const room = 2 ** header.readUInt32BE(20) / 8;
    if (entries > Math.ceil(header.readUInt32BE(36) / room) * room)
      throw failure('resizing this image needs qemu-img');
    header.writeBigUInt64BE(BigInt(size), 24);
    header.writeUInt32BE(Math.max(entries, header.readUInt32BE(36)), 36);
    await file.write(header, 24, 16, 24);
  });
}

const UNITS = ['', 'K', 'M', 'G', 'T'];

/** `3G`, `+1G`, `1048576` in bytes. */
export function parseSize(text: string): number {
  const match = /^\+?(\d+(?:\.\d+)?)([KMGT]?)$/.exec(text);
  if (!match) throw failure(`unable to parse size '${text}'`);
  return Math.floor(Number(match[1]) * 1024 ** UNITS.indexOf(match[2]!));
}

/** Bytes as PVE writes a drive's size: the biggest unit that leaves no rest. */
export function formatSize(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value > 0 && value % 1024 === 0 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value}${UNITS[unit]!}`;
}

/** Bytes for people, as in PVE's copy progress: `1.0 GiB`. */
export function humanSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]!}`;
}

/** Writes the size that an image had before; only a rollback makes one smaller. */
export async function restoreQcow2Size(path: string, size: number): Promise<void> {
  await withFile(path, 'r+', async (file) => {
    const field = Buffer.alloc(8);
    field.writeBigUInt64BE(BigInt(size));
    await file.write(field, 0, field.length, 24);
  });
}
