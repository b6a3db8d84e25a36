import { type FileHandle, open, unlink } from 'node:fs/promises';
import { RequestError } from '@pmx-cli/kit/errors';
import { fileError } from './byte-source.js';

const clusterBits = 16;
const clusterBytes = 2 ** clusterBits;
const sectorBytes = 512;
const headerBytes = 104;
/** Bit 63 of an L1 or L2 entry: the refcount of the cluster is exactly one. */
const copiedFlag = 1n << 63n;
const coveredByL1Entry = clusterBytes * (clusterBytes / 8);
/** 32 MiB of L1 table, the limit of QEMU, with 64 KiB clusters. */
const maxVirtualSize = ((32 * 1024 * 1024) / 8) * coveredByL1Entry;
/** First sector of the partition, 1 MiB as every current partitioning program has it. */
const partitionStart = 2048;
const maxMbrSectors = 0xffff_ffff;

/**
 * Writes a small valid qcow2 (version 3, 64 KiB clusters) in which everything reads as zeros,
 * except for an MBR with one Linux partition when the disk is larger than 1 MiB. The file has a few
 * hundred KiB whatever the virtual size. Output depends on the size only.
 * Format: https://www.qemu.org/docs/master/interop/qcow2.html
 *
 * @param virtualSizeBytes a multiple of 512, from 512 up to 2 PiB
 * @throws RequestError `PMX_FILE_EXISTS` (never overwrites), `PMX_IMAGE_VIRTUAL_SIZE`
 * @throws SurroundingsError `PMX_FILE_READ_FAILED` when the medium fails
 */
export async function createEmptyQcow2(path: string, virtualSizeBytes: number): Promise<void> {
  checkSize(virtualSizeBytes);
  const handle = await openNew(path);
  try {
    await writeImage(handle, virtualSizeBytes);
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw fileError(path, error);
  } finally {
    await handle.close();
  }
}

function checkSize(bytes: number): void {
  const valid =
    Number.isSafeInteger(bytes) &&
    bytes > 0 &&
    bytes % sectorBytes === 0 &&
    bytes <= maxVirtualSize;
  if (valid) return;
  throw new RequestError({
    code: 'PMX_IMAGE_VIRTUAL_SIZE',
    message: `A disk of ${bytes} bytes cannot be made; the size must be a multiple of ${sectorBytes} from ${sectorBytes} to ${maxVirtualSize}.`,
    hints: ['A size that fits: 1073741824 (1 GiB)'],
    data: { bytes },
  });
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if (error instanceof Error && (error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new RequestError({
        code: 'PMX_FILE_EXISTS',
        message: `File ${JSON.stringify(path)} exists; pmx does not overwrite images.`,
        hints: ['Choose another name, or delete the file first.'],
        data: { path },
        cause: error,
      });
    }
    throw fileError(path, error);
  }
}

async function writeImage(handle: FileHandle, virtualSize: number): Promise<void> {
  const l1Entries = Math.ceil(virtualSize / coveredByL1Entry);
  const l1Clusters = Math.ceil((l1Entries * 8) / clusterBytes);
  const mbr = partitionTable(virtualSize / sectorBytes);
  // Order of clusters: header, refcount table, refcount block, L1 table, [L2 table, data].
  const [refcountTable, refcountBlock, l1Table] = [1, 2, 3];
  const l2Table = l1Table + l1Clusters;
  const data = l2Table + 1;
  const clusters = mbr === undefined ? l2Table : data + 1;

  const header = Buffer.alloc(headerBytes + 8);
  header.write('QFI\xfb', 0, 'latin1');
  header.writeUInt32BE(3, 4);
  header.writeUInt32BE(clusterBits, 20);
  header.writeBigUInt64BE(BigInt(virtualSize), 24);
  header.writeUInt32BE(l1Entries, 36);
  header.writeBigUInt64BE(BigInt(l1Table * clusterBytes), 40);
  header.writeBigUInt64BE(BigInt(refcountTable * clusterBytes), 48);
  header.writeUInt32BE(1, 56);
  // refcount_order 4: refcounts of 16 bits.
  header.writeUInt32BE(4, 96);
  header.writeUInt32BE(headerBytes, 100);

  // 16-bit refcounts: one block covers 32768 clusters, more than the largest L1 table takes.
  const refcounts = Buffer.alloc(clusters * 2);
  for (let cluster = 0; cluster < clusters; cluster += 1) refcounts.writeUInt16BE(1, cluster * 2);

  // Set the length first; what is not written is a hole and reads as zeros.
  await handle.truncate(clusters * clusterBytes);
  await writeAt(handle, header, 0);
  await writeAt(handle, entry(refcountBlock * clusterBytes, false), refcountTable * clusterBytes);
  await writeAt(handle, refcounts, refcountBlock * clusterBytes);
  if (mbr === undefined) return;
  await writeAt(handle, entry(l2Table * clusterBytes, true), l1Table * clusterBytes);
  await writeAt(handle, entry(data * clusterBytes, true), l2Table * clusterBytes);
  await writeAt(handle, mbr, data * clusterBytes);
}

async function writeAt(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  await handle.write(bytes, 0, bytes.length, position);
}

function entry(offset: number, copied: boolean): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(offset) | (copied ? copiedFlag : 0n));
  return bytes;
}

/** One Linux partition from 1 MiB to the end; undefined when the disk has no room for it. */
function partitionTable(sectors: number): Buffer | undefined {
  if (sectors <= partitionStart) return undefined;
  const mbr = Buffer.alloc(sectorBytes);
  mbr.writeUInt32LE(0x706d_7800, 440); // disk signature: must not be 0 for some systems
  mbr.write('feffff', 446 + 1, 'hex'); // CHS "beyond the table": only the LBA fields count
  mbr[446 + 4] = 0x83;
  mbr.write('feffff', 446 + 5, 'hex');
  mbr.writeUInt32LE(partitionStart, 446 + 8);
  mbr.writeUInt32LE(Math.min(sectors - partitionStart, maxMbrSectors - partitionStart), 446 + 12);
  mbr.writeUInt16LE(0xaa55, 510);
  return mbr;
}
