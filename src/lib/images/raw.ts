import type { ByteSource } from './byte-source.js';
import { readAt } from './byte-source.js';
import { corrupt, truncated } from './qcow2-header.js';

const sectorBytes = 512;
/** Up to the end of the btrfs superblock, the last structure looked at. */
export const rawHeadBytes = 0x1_0000 + 0x1000;

/** What makes a raw file a disk, and how many bytes the disk must have for it. */
interface Contents {
  name: string;
  needed: number;
}

/**
 * Recognises a raw disk by its partition table or, without one, by its file system.
 *
 * @param head the first {@link rawHeadBytes} bytes (fewer when the file is shorter)
 * @returns the virtual size in bytes (whole sectors, as QEMU counts), or undefined when nothing is
 *   recognised
 * @throws RequestError `PMX_IMAGE_TRUNCATED` when the table or file system is larger than the file,
 *   `PMX_IMAGE_CORRUPT` when a protective MBR has no GPT
 */
export async function inspectRaw(
  source: ByteSource,
  head: Buffer,
): Promise<{ virtualSize: number } | undefined> {
  const contents =
    (await findGpt(source, head)) ??
    findMbr(head) ??
    findExt(head) ??
    findXfs(head) ??
    findBtrfs(head);
  if (contents === undefined) return undefined;
  const virtualSize = Math.ceil(source.size / sectorBytes) * sectorBytes;
  if (contents.needed > virtualSize) {
    throw truncated(
      source.path,
      `has ${source.size} bytes, but its ${contents.name} ends at byte ${contents.needed}`,
    );
  }
  return { virtualSize };
}

interface Partition {
  type: number;
  start: number;
  sectors: number;
}

/** The used entries of a plausible MBR partition table; empty for anything else. */
function readMbr(head: Buffer): Partition[] {
  if (head.length < sectorBytes || head.readUInt16LE(510) !== 0xaa55) return [];
  const used: Partition[] = [];
  for (let at = 446; at < 510; at += 16) {
    const status = head[at] ?? 0;
    // Boot code of a file system without partition table has other bytes here.
    if (status !== 0x00 && status !== 0x80) return [];
    const type = head[at + 4] ?? 0;
    if (type === 0) continue;
    const partition = {
      type,
      start: head.readUInt32LE(at + 8),
      sectors: head.readUInt32LE(at + 12),
    };
    if (partition.start === 0 || partition.sectors === 0) return [];
    used.push(partition);
  }
  return used;
}

const protectiveType = 0xee;

function findMbr(head: Buffer): Contents | undefined {
  const partitions = readMbr(head);
  if (partitions.length === 0) return undefined;
  // A protective entry may say 0xFFFFFFFF whatever the size of the disk.
  const ends = partitions
    .filter((partition) => partition.type !== protectiveType)
    .map((partition) => (partition.start + partition.sectors) * sectorBytes);
  return { name: 'partition table (MBR)', needed: Math.max(0, ...ends) };
}

/** GUID partition table: UEFI Specification 2.10, section 5.3.2. */
async function findGpt(source: ByteSource, head: Buffer): Promise<Contents | undefined> {
  for (const logicalBlock of [512, 4096]) {
    const header = await readAt(source, logicalBlock, 92);
    if (header.length < 92 || header.toString('latin1', 0, 8) !== 'EFI PART') continue;
    const backupBlock = Number(header.readBigUInt64LE(32));
    return { name: 'partition table (GPT)', needed: (backupBlock + 1) * logicalBlock };
  }
  const partitions = readMbr(head);
  if (partitions.length === 1 && partitions[0]?.type === protectiveType) {
    throw corrupt(
      source.path,
      'has a protective MBR but no GPT header',
      'a disk with a protective MBR must have a GUID partition table',
    );
  }
  return undefined;
}

/** ext2/3/4: https://docs.kernel.org/filesystems/ext4/super.html */
function findExt(head: Buffer): Contents | undefined {
  const superblock = 1024;
  if (head.length < superblock + 1024 || head.readUInt16LE(superblock + 0x38) !== 0xef53) {
    return undefined;
  }
  const logBlock = head.readUInt32LE(superblock + 0x18);
  if (logBlock > 6) return undefined;
  const is64Bit = (head.readUInt32LE(superblock + 0x60) & 0x80) !== 0;
  const high = is64Bit ? head.readUInt32LE(superblock + 0x150) : 0;
  const blocks = high * 2 ** 32 + head.readUInt32LE(superblock + 0x04);
  return { name: 'ext file system', needed: blocks * 1024 * 2 ** logBlock };
}

/** XFS: "XFS Algorithms & Data Structures", superblock; big-endian. */
function findXfs(head: Buffer): Contents | undefined {
  if (head.length < sectorBytes || head.toString('latin1', 0, 4) !== 'XFSB') return undefined;
  const blockBytes = head.readUInt32BE(4);
  return { name: 'XFS file system', needed: blockBytes * Number(head.readBigUInt64BE(8)) };
}

/** btrfs: https://btrfs.readthedocs.io/en/latest/dev/On-disk-format.html#superblock */
function findBtrfs(head: Buffer): Contents | undefined {
  const superblock = 0x1_0000;
  if (head.length < rawHeadBytes) return undefined;
  if (head.toString('latin1', superblock + 0x40, superblock + 0x48) !== '_BHRfS_M')
    return undefined;
  // total_bytes counts all devices of the file system; dev_item.total_bytes only this one.
  return { name: 'btrfs file system', needed: Number(head.readBigUInt64LE(superblock + 0xd1)) };
}
