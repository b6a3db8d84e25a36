import type { ByteSource } from './byte-source.js';
import { corrupt, type Qcow2Header, readQcow2Header, truncated } from './qcow2-header.js';
import { walkTable } from './table-walk.js';

/** The offset bits of the upper half of an L1, L2 or refcount entry (bits 9–55 of 64). */
const offsetMaskHigh = 0x00ff_ffff;
const offsetMaskLow = 0xffff_fe00;
/** Bit 62 of an L2 entry: the cluster is compressed. */
const compressedFlagHigh = 0x4000_0000;
const sectorBytes = 512;

/**
 * Judges a qcow2 image: its header, and that every table and every data cluster lies inside the file.
 * Reads metadata only (about 1/8000 of the image with 64 KiB clusters), with bounded memory.
 *
 * @returns the virtual size in bytes
 * @throws RequestError `PMX_IMAGE_…`
 */
export async function inspectQcow2(source: ByteSource): Promise<{ virtualSize: number }> {
  const header = await readQcow2Header(source);
  await checkRefcountBlocks(source, header);
  await checkMapping(source, header);
  return { virtualSize: header.virtualSize };
}

async function checkRefcountBlocks(source: ByteSource, header: Qcow2Header): Promise<void> {
  const clusterBytes = 2 ** header.clusterBits;
  await walkTable(
    source,
    {
      offset: header.refcountTableOffset,
      entries: (header.refcountTableClusters * clusterBytes) / 8,
      entryBytes: 8,
    },
    (piece) => {
      for (let at = 0; at < piece.length; at += 8) {
        const offset = entryOffset(piece, at);
        if (offset !== 0) checkMetadataCluster(source, clusterBytes, offset, 'refcount block');
      }
    },
  );
}

async function checkMapping(source: ByteSource, header: Qcow2Header): Promise<void> {
  const clusterBytes = 2 ** header.clusterBits;
  const entryBytes = header.extendedL2 ? 16 : 8;
  const entriesPerL2 = clusterBytes / entryBytes;
  const mostTables = Math.floor(source.size / clusterBytes);
  let tables = 0;

  await walkTable(
    source,
    { offset: header.l1Offset, entries: header.l1Entries, entryBytes: 8 },
    async (piece, firstEntry) => {
      for (let at = 0; at < piece.length; at += 8) {
        const l2Offset = entryOffset(piece, at);
        if (l2Offset === 0) continue;
        checkMetadataCluster(source, clusterBytes, l2Offset, 'L2 table');
        // Tables are never shared inside one mapping. Without this a crafted L1 table that points
        // to one L2 table a million times would keep pmx busy for hours.
        tables += 1;
        if (tables > mostTables) {
          throw corrupt(
            source.path,
            'points to more L2 tables than it has clusters',
            'every L2 table has a cluster of its own',
          );
        }
        const firstCluster = (firstEntry + at / 8) * entriesPerL2;
        await walkTable(
          source,
          { offset: l2Offset, entries: entriesPerL2, entryBytes },
          (entries, first) => {
            checkL2Entries(source, header, entries, firstCluster + first);
          },
        );
      }
    },
  );
}

function checkL2Entries(
  source: ByteSource,
  header: Qcow2Header,
  entries: Buffer,
  firstCluster: number,
): void {
  const clusterBytes = 2 ** header.clusterBits;
  const entryBytes = header.extendedL2 ? 16 : 8;
  for (let at = 0; at < entries.length; at += entryBytes) {
    const guestOffset = (firstCluster + at / entryBytes) * clusterBytes;
    const high = entries.readUInt32BE(at);
    if ((high & compressedFlagHigh) !== 0) {
      checkCompressedCluster(source, header.clusterBits, high, entries.readUInt32BE(at + 4));
      continue;
    }
    const offset = entryOffset(entries, at);
    if (offset === 0) continue;
    if (offset % clusterBytes !== 0) {
      throw corrupt(
        source.path,
        `has a data cluster at byte ${offset}`,
        `clusters start at multiples of ${clusterBytes}`,
      );
    }
    // QEMU may leave the last cluster of the file unfinished, but never the part that holds data of
    // the guest.
    const written = header.extendedL2
      ? allocatedBytes(entries.readUInt32BE(at + 12), clusterBytes)
      : clusterBytes;
    const needed = Math.min(written, Math.max(0, header.virtualSize - guestOffset));
    if (offset + needed > source.size) {
      throw truncated(
        source.path,
        `has ${source.size} bytes, but a data cluster ends at byte ${offset + needed}`,
      );
    }
  }
}

/** Bytes up to the end of the last allocated subcluster (bits 0–31 of the subcluster bitmap). */
function allocatedBytes(bitmap: number, clusterBytes: number): number {
  return ((32 - Math.clz32(bitmap)) * clusterBytes) / 32;
}

function checkCompressedCluster(
  source: ByteSource,
  clusterBits: number,
  high: number,
  low: number,
): void {
  // Bits 0 to x-1 are the byte offset, bits x to 61 the number of further sectors,
  // x = 62 - (cluster_bits - 8). x is 49 to 61, so only the upper half is split.
  const split = 62 - (clusterBits - 8) - 32;
  const offset = (high & (2 ** split - 1)) * 2 ** 32 + low;
  const furtherSectors = (high & 0x3fff_ffff) >>> split;
  const endOfLastSector = (Math.floor(offset / sectorBytes) + furtherSectors + 1) * sectorBytes;
  // The compressed stream may end anywhere in its last sector.
  if (offset >= source.size || endOfLastSector - sectorBytes >= source.size) {
    throw truncated(
      source.path,
      `has ${source.size} bytes, but a compressed cluster ends at byte ${endOfLastSector}`,
    );
  }
}

function checkMetadataCluster(
  source: ByteSource,
  clusterBytes: number,
  offset: number,
  name: string,
): void {
  if (offset % clusterBytes !== 0) {
    throw corrupt(
      source.path,
      `says that one ${name} is at byte ${offset}`,
      `it must start at a multiple of the cluster size ${clusterBytes}`,
    );
  }
  if (offset + clusterBytes > source.size) {
    throw truncated(
      source.path,
      `has ${source.size} bytes, but one ${name} ends at byte ${offset + clusterBytes}`,
    );
  }
}

/** Values above 2^53 lose their low bits here; they are beyond the end of any file all the same. */
function entryOffset(entries: Buffer, at: number): number {
  const high = entries.readUInt32BE(at) & offsetMaskHigh;
  return high * 2 ** 32 + ((entries.readUInt32BE(at + 4) & offsetMaskLow) >>> 0);
}
