import { type ByteSource, readAt } from './byte-source.js';
import { corrupt, truncated } from './qcow2-header.js';
import { convertCommand, printable, refuse, type Refusal } from './refusal.js';
import { walkTable } from './table-walk.js';

const sectorBytes = 512;
/** `gdOffset` of a stream-optimized image: the grain directory is described by the footer. */
const gdAtEnd = 0xffff_ffff_ffff_ffffn;
const compressedFlag = 1 << 16;
/** Set: bytes 73–76 hold line ends that a transfer in text mode would have changed. */
const newlineTestFlag = 1 << 0;
const newlineTest = Buffer.from('\n \r\n', 'latin1');
// Limits of QEMU (block/vmdk.c); they also bound the work done here.
const maxGrainSectors = 0x20_0000;
const maxGrainTableEntries = 512;
const maxGrainDirectoryEntries = 32 * 1024 * 1024;
/** More than any writer uses; the embedded descriptor is at most 20 sectors in practice. */
const maxDescriptorBytes = 64 * 1024;
const singleFileTypes = new Set(['monolithicSparse', 'streamOptimized']);
/** A grain marker before every compressed grain: 8 bytes sector number, 4 bytes length. */
const grainMarkerBytes = 12;

export const vmdkMagic = Buffer.from('KDMV', 'latin1');
/** Header of the sparse extents of old ESX snapshots (vmfsSparse). */
export const esxSparseMagic = Buffer.from('COWD', 'latin1');

interface SparseHeader {
  capacity: bigint;
  grainSectors: bigint;
  descriptorOffset: bigint;
  descriptorSectors: bigint;
  grainTableEntries: number;
  grainDirectory: bigint;
  compressed: boolean;
}

/**
 * Judges a single-file VMDK (monolithicSparse or streamOptimized): header, descriptor, and that
 * every grain table and grain lies inside the file. Reads metadata only, with bounded memory.
 * Format: "VMware Virtual Disk Format 5.0" (Virtual Disk Format technical note), Hosted Sparse Extents.
 *
 * @returns the virtual size in bytes
 * @throws RequestError `PMX_IMAGE_…`
 */
export async function inspectVmdk(source: ByteSource): Promise<{ virtualSize: number }> {
  const { path } = source;
  const head = await readAt(source, 0, sectorBytes);
  if (head.length < sectorBytes) throw truncated(path, 'ends inside its VMDK header');
  const header = readSparseHeader(path, head);
  if (header.descriptorOffset === 0n) {
    throw notSingleFile(path, 'is one extent of a VMDK of several files');
  }
  await checkDescriptor(source, header);
  if (header.capacity === 0n) {
    throw refuse({
      code: 'PMX_IMAGE_VIRTUAL_SIZE',
      path,
      found: 'has a virtual size of 0 bytes',
      rule: 'a disk must have at least one sector',
      hints: ['Export or convert the disk again.'],
    });
  }
  const atEnd = header.grainDirectory === gdAtEnd;
  await checkGrains(source, atEnd ? await readFooter(source) : header);
  return { virtualSize: Number(header.capacity) * sectorBytes };
}

/** Error for a text descriptor, the small file that only names the extents. */
export function descriptorOnly(path: string): Error {
  return notSingleFile(path, 'is only the text descriptor of a VMDK; its data is in other files');
}

/** True for the text that a VMDK descriptor file starts with. */
export function isDescriptorText(head: Buffer): boolean {
  return /^\s*#\s*Disk DescriptorFile/i.test(head.toString('latin1', 0, 512));
}

export function notSingleFile(path: string, found: string): Error {
  return unsupported({
    path,
    found,
    rule: 'a VMDK must be one file (monolithicSparse or streamOptimized)',
    hints: [
      `Next to all of its files, on the descriptor: ${convertCommand(path, 'vmdk')}`,
      'Or export the virtual machine as OVA.',
    ],
  });
}

function unsupported(refusal: Omit<Refusal, 'code'>): Error {
  return refuse({ code: 'PMX_IMAGE_FORMAT_UNSUPPORTED', ...refusal });
}

function readSparseHeader(path: string, head: Buffer): SparseHeader {
  const version = head.readUInt32LE(4);
  if (version < 1 || version > 3) {
    throw corrupt(path, `has the VMDK version ${version}`, 'only 1 to 3 are known');
  }
  const flags = head.readUInt32LE(8);
  if ((flags & newlineTestFlag) !== 0 && !head.subarray(73, 77).equals(newlineTest)) {
    throw corrupt(
      path,
      'had its line ends changed',
      'a VMDK must be transferred as binary data, not as text',
    );
  }
  const header: SparseHeader = {
    capacity: head.readBigUInt64LE(12),
    grainSectors: head.readBigUInt64LE(20),
    descriptorOffset: head.readBigUInt64LE(28),
    descriptorSectors: head.readBigUInt64LE(36),
    grainTableEntries: head.readUInt32LE(44),
    grainDirectory: head.readBigUInt64LE(56),
    compressed: (flags & compressedFlag) !== 0,
  };
  const { grainSectors, grainTableEntries } = header;
  const powerOfTwo = grainSectors > 0n && (grainSectors & (grainSectors - 1n)) === 0n;
  if (!powerOfTwo || grainSectors > BigInt(maxGrainSectors)) {
    throw corrupt(
      path,
      `says that a grain has ${grainSectors} sectors`,
      `it must be a power of two up to ${maxGrainSectors}`,
    );
  }
  if (grainTableEntries === 0 || grainTableEntries > maxGrainTableEntries) {
    throw corrupt(
      path,
      `says that a grain table has ${grainTableEntries} entries`,
      `it must have 1 to ${maxGrainTableEntries}`,
    );
  }
  if (directoryEntries(header) > BigInt(maxGrainDirectoryEntries)) {
    throw corrupt(
      path,
      `claims ${header.capacity} sectors`,
      `at most ${maxGrainDirectoryEntries} grain tables are allowed`,
    );
  }
  return header;
}

function directoryEntries(header: SparseHeader): bigint {
  const perTable = header.grainSectors * BigInt(header.grainTableEntries);
  return (header.capacity + perTable - 1n) / perTable;
}

async function checkDescriptor(source: ByteSource, header: SparseHeader): Promise<void> {
  const { path } = source;
  const start = header.descriptorOffset * BigInt(sectorBytes);
  const end = start + header.descriptorSectors * BigInt(sectorBytes);
  if (end > BigInt(source.size)) {
    throw truncated(path, `has ${source.size} bytes, but its descriptor ends at byte ${end}`);
  }
  const wanted = Math.min(Number(end - start), maxDescriptorBytes);
  const text = (await readAt(source, Number(start), wanted)).toString('latin1').split('\0', 1)[0];
  const descriptor = text ?? '';

  const createType = descriptorValue(descriptor, 'createType');
  if (createType === undefined || !singleFileTypes.has(createType)) {
    throw notSingleFile(
      path,
      createType === undefined
        ? 'has a descriptor without createType'
        : `has the createType ${JSON.stringify(printable(createType, 40))}`,
    );
  }
  const parent = descriptorValue(descriptor, 'parentCID');
  if (parent !== undefined && parent.toLowerCase() !== 'ffffffff') {
    throw refuse({
      code: 'PMX_IMAGE_BACKING_FILE',
      path,
      found: 'holds only the differences to a parent disk (a snapshot or linked clone)',
      rule: 'an image must hold all of its data itself',
      hints: [`Merge both, next to the parent: ${convertCommand(path, 'vmdk')}`],
    });
  }
  if (/^\s*encryption\.keySafe\s*=/im.test(descriptor)) {
    throw refuse({
      code: 'PMX_IMAGE_ENCRYPTED',
      path,
      found: 'is encrypted',
      rule: 'Proxmox VE cannot ask for the key, so an image must not be encrypted',
      hints: ['Remove the encryption where the disk comes from, then export it again.'],
    });
  }
}

function descriptorValue(descriptor: string, key: string): string | undefined {
  return new RegExp(`^\\s*${key}\\s*=\\s*"?([^"\\r\\n]*?)"?\\s*$`, 'im').exec(descriptor)?.[1];
}

/** The footer is a second header, in the last but one sector before the end-of-stream marker. */
async function readFooter(source: ByteSource): Promise<SparseHeader> {
  const footer = await readAt(source, source.size - 2 * sectorBytes, sectorBytes);
  if (!footer.subarray(0, 4).equals(vmdkMagic)) {
    throw truncated(source.path, 'is a stream-optimized VMDK without its footer');
  }
  const header = readSparseHeader(source.path, footer);
  if (header.grainDirectory === gdAtEnd) {
    throw corrupt(
      source.path,
      'has a footer without grain directory',
      'the footer must say where it is',
    );
  }
  return header;
}

async function checkGrains(source: ByteSource, header: SparseHeader): Promise<void> {
  const entries = Number(directoryEntries(header));
  const directoryOffset = Number(header.grainDirectory) * sectorBytes;
  checkInside(source, directoryOffset, entries * 4, 'grain directory');

  const grainBytes = Number(header.grainSectors) * sectorBytes;
  const tableBytes = header.grainTableEntries * 4;
  const mostTables = Math.floor(source.size / tableBytes);
  const virtualSize = Number(header.capacity) * sectorBytes;
  let tables = 0;
  let lastGrain = 0;

  await walkTable(
    source,
    { offset: directoryOffset, entries, entryBytes: 4 },
    async (directory, firstTable) => {
      for (let at = 0; at < directory.length; at += 4) {
        const tableOffset = directory.readUInt32LE(at) * sectorBytes;
        if (tableOffset === 0) continue;
        checkInside(source, tableOffset, tableBytes, 'grain table');
        // As with qcow2: a crafted directory must not make pmx read one table for ever.
        tables += 1;
        if (tables > mostTables) {
          throw corrupt(
            source.path,
            'points to more grain tables than fit into it',
            'every grain table has a place of its own',
          );
        }
        const firstGrain = (firstTable + at / 4) * header.grainTableEntries;
        await walkTable(
          source,
          { offset: tableOffset, entries: header.grainTableEntries, entryBytes: 4 },
          (table, first) => {
            for (let entry = 0; entry < table.length; entry += 4) {
              const sector = table.readUInt32LE(entry);
              // 0: not allocated; 1: allocated, reads as zeros. Neither has data.
              if (sector <= 1) continue;
              const offset = sector * sectorBytes;
              const guestOffset = (firstGrain + first + entry / 4) * grainBytes;
              const needed = header.compressed
                ? grainMarkerBytes
                : Math.min(grainBytes, Math.max(0, virtualSize - guestOffset));
              checkInside(source, offset, needed, 'grain');
              if (offset > lastGrain) lastGrain = offset;
            }
          },
        );
      }
    },
  );
  if (header.compressed && lastGrain > 0) {
    // Only the last grain can be cut in the middle, so one marker is enough.
    const marker = await readAt(source, lastGrain, grainMarkerBytes);
    checkInside(source, lastGrain, grainMarkerBytes + marker.readUInt32LE(8), 'compressed grain');
  }
}

function checkInside(source: ByteSource, offset: number, bytes: number, name: string): void {
  if (offset + bytes <= source.size) return;
  throw truncated(
    source.path,
    `has ${source.size} bytes of VMDK, but a ${name} ends at byte ${offset + bytes}`,
  );
}
