import { type ByteSource, readAt } from './byte-source.js';
import { convertCommand, printable, refuse, shellWord, siblingPath } from './refusal.js';

/** The fields of a qcow2 header that decide whether an image can be used. Offsets are bytes. */
export interface Qcow2Header {
  version: 2 | 3;
  clusterBits: number;
  virtualSize: number;
  l1Entries: number;
  l1Offset: number;
  refcountTableOffset: number;
  refcountTableClusters: number;
  snapshotCount: number;
  snapshotsOffset: number;
  /** L2 entries are 16 bytes and carry a bitmap of 32 subclusters (incompatible feature bit 4). */
  extendedL2: boolean;
}

export const qcow2Magic = Buffer.from('QFI\xfb', 'latin1');

const v2HeaderBytes = 72;
const v3HeaderBytes = 104;

// Limits of QEMU (block/qcow2.h): what it refuses to open, Proxmox VE cannot import.
const clusterBitsRange = { min: 9, max: 21 };
const maxL1Bytes = 32 * 1024 * 1024;
const maxRefcountTableBytes = 8 * 1024 * 1024;
const maxSnapshots = 65_536;

const incompatible = {
  dirty: 1 << 0,
  corrupt: 1 << 1,
  externalData: 1 << 2,
  compressionType: 1 << 3,
  extendedL2: 1 << 4,
} as const;
const knownIncompatible = Object.values(incompatible).reduce((all, bit) => all | bit, 0);

/**
 * Reads and judges the header of a qcow2 image (versions 2 and 3).
 * Format: https://www.qemu.org/docs/master/interop/qcow2.html
 *
 * @throws RequestError `PMX_IMAGE_…` naming the field and the rule
 */
export async function readQcow2Header(source: ByteSource): Promise<Qcow2Header> {
  const { path } = source;
  const head = await readAt(source, 0, 512);
  if (head.length < v2HeaderBytes) throw truncated(path, 'ends inside its qcow2 header');

  const version = head.readUInt32BE(4);
  if (version === 1) {
    throw refuse({
      code: 'PMX_IMAGE_FORMAT_UNSUPPORTED',
      path,
      found: 'is a qcow image of version 1',
      rule: 'pmx takes qcow2, that is version 2 or 3',
      hints: [convertCommand(path, 'qcow')],
    });
  }
  if (version !== 2 && version !== 3) {
    throw corrupt(path, `has the qcow2 version ${version}`, 'only 2 and 3 exist');
  }
  const clusterBits = head.readUInt32BE(20);
  if (clusterBits < clusterBitsRange.min || clusterBits > clusterBitsRange.max) {
    throw corrupt(
      path,
      `says that its cluster_bits are ${clusterBits}`,
      `they must be ${clusterBitsRange.min} to ${clusterBitsRange.max}`,
    );
  }

  const features = version === 3 ? readFeatures(path, head, clusterBits) : 0;
  if ((features & incompatible.externalData) !== 0) {
    throw refuse({
      code: 'PMX_IMAGE_EXTERNAL_DATA',
      path,
      found: 'keeps its data in an external data file',
      rule: 'an image must hold all of its data itself',
      hints: [convertCommand(path, 'qcow2')],
    });
  }
  await refuseBackingFile(source, head);
  refuseEncryption(path, head.readUInt32BE(32));

  const size = head.readBigUInt64BE(24);
  if (size === 0n) {
    throw refuse({
      code: 'PMX_IMAGE_VIRTUAL_SIZE',
      path,
      found: 'has a virtual size of 0 bytes',
      rule: 'a disk must have at least one sector',
      hints: [`Look at it: qemu-img info ${shellWord(path)}`],
    });
  }
  const header: Qcow2Header = {
    version,
    clusterBits,
    virtualSize: Number(size),
    l1Entries: head.readUInt32BE(36),
    l1Offset: Number(head.readBigUInt64BE(40)),
    refcountTableOffset: Number(head.readBigUInt64BE(48)),
    refcountTableClusters: head.readUInt32BE(56),
    snapshotCount: head.readUInt32BE(60),
    snapshotsOffset: Number(head.readBigUInt64BE(64)),
    extendedL2: (features & incompatible.extendedL2) !== 0,
  };
  checkTables(source, header, size);
  return header;
}

/** Error for an image whose file ends too early. */
export function truncated(path: string, found: string) {
  return refuse({
    code: 'PMX_IMAGE_TRUNCATED',
    path,
    found,
    rule: 'the file is truncated, most often by a download that stopped early',
    hints: ['Download or copy the file again and compare its checksum with the published one.'],
  });
}

/** Error for values that no program writes. */
export function corrupt(path: string, found: string, rule: string) {
  return refuse({
    code: 'PMX_IMAGE_CORRUPT',
    path,
    found,
    rule,
    hints: [
      'Download or copy the file again and compare its checksum with the published one.',
      `Look at it: qemu-img info ${shellWord(path)}`,
    ],
  });
}

function readFeatures(path: string, head: Buffer, clusterBits: number): number {
  if (head.length < v3HeaderBytes) throw truncated(path, 'ends inside its qcow2 header');
  const high = head.readUInt32BE(72);
  const low = head.readUInt32BE(76);
  const unknownLow = (low & ~knownIncompatible) >>> 0;
  if (high !== 0 || unknownLow !== 0) {
    const bits = (BigInt(high) << 32n) | BigInt(unknownLow);
    throw refuse({
      code: 'PMX_IMAGE_FEATURE_UNKNOWN',
      path,
      found: `uses incompatible qcow2 features that are not known here (bits 0x${bits.toString(16)})`,
      rule: 'a program must not open an image with unknown incompatible features',
      hints: [`${convertCommand(path, 'qcow2')}   (with the QEMU version that wrote the image)`],
    });
  }
  if ((low & incompatible.corrupt) !== 0) throw needsRepair(path, 'is marked corrupt');
  if ((low & incompatible.dirty) !== 0) {
    throw needsRepair(path, 'is marked dirty: it was not closed cleanly or is in use');
  }

  const refcountOrder = head.readUInt32BE(96);
  if (refcountOrder > 6) {
    throw corrupt(path, `has the refcount_order ${refcountOrder}`, 'it must be 0 to 6');
  }
  const headerBytes = head.readUInt32BE(100);
  if (headerBytes < v3HeaderBytes || headerBytes % 8 !== 0 || headerBytes > 2 ** clusterBits) {
    throw corrupt(
      path,
      `has a header length of ${headerBytes} bytes`,
      `it must be a multiple of 8 from ${v3HeaderBytes} to the cluster size`,
    );
  }
  const compressionType = headerBytes > v3HeaderBytes ? (head[v3HeaderBytes] ?? 0) : 0;
  const saysCompressionType = (low & incompatible.compressionType) !== 0;
  if (compressionType > 1) {
    throw refuse({
      code: 'PMX_IMAGE_FEATURE_UNKNOWN',
      path,
      found: `uses the unknown compression type ${compressionType}`,
      rule: 'clusters may be compressed with zlib (0) or zstd (1)',
      hints: [`${convertCommand(path, 'qcow2')}   (with the QEMU version that wrote the image)`],
    });
  }
  if (saysCompressionType !== (compressionType !== 0)) {
    throw corrupt(
      path,
      `has the compression type ${compressionType} and the feature bit ${saysCompressionType ? 1 : 0}`,
      'the bit must be set exactly when the type is not 0',
    );
  }
  if ((low & incompatible.extendedL2) !== 0 && clusterBits < 14) {
    throw corrupt(
      path,
      `has extended L2 entries and cluster_bits ${clusterBits}`,
      'extended L2 entries need at least 14',
    );
  }
  return low;
}

function needsRepair(path: string, found: string) {
  return refuse({
    code: 'PMX_IMAGE_DIRTY',
    path,
    found,
    rule: 'only a consistent image can be imported',
    hints: [
      'Shut down the virtual machine that uses it.',
      `Then repair it: qemu-img check -r all ${shellWord(path)}`,
    ],
  });
}

async function refuseBackingFile(source: ByteSource, head: Buffer): Promise<void> {
  const offset = Number(head.readBigUInt64BE(8));
  if (offset === 0) return;
  // The format allows 1023 bytes; a longer name is cut rather than believed.
  const name = await readAt(source, offset, Math.min(head.readUInt32BE(16), 1023));
  throw refuse({
    code: 'PMX_IMAGE_BACKING_FILE',
    path: source.path,
    found: `holds only the differences to its backing file ${JSON.stringify(printable(name.toString('utf8')))}`,
    rule: 'an image must hold all of its data itself',
    hints: [`Merge both: ${convertCommand(source.path, 'qcow2')}`],
  });
}

function refuseEncryption(path: string, method: number): void {
  if (method === 0) return;
  if (method > 2) throw corrupt(path, `has the crypt_method ${method}`, 'only 0, 1 and 2 exist');
  const target = siblingPath(path, '.qcow2');
  const source = `encrypt.key-secret=s,file.filename=${path.replaceAll(',', ',,')}`;
  throw refuse({
    code: 'PMX_IMAGE_ENCRYPTED',
    path,
    found: `is encrypted (${method === 1 ? 'AES' : 'LUKS'})`,
    rule: 'Proxmox VE cannot ask for the key, so an image must not be encrypted',
    hints: [
      `Decrypt it: qemu-img convert --object secret,id=s,file=KEYFILE --image-opts ` +
        `${shellWord(`driver=qcow2,${source}`)} -O qcow2 ${shellWord(target)}`,
    ],
  });
}

function checkTables(source: ByteSource, header: Qcow2Header, size: bigint): void {
  const { path } = source;
  const clusterBytes = 2 ** header.clusterBits;
  const l1Bytes = header.l1Entries * 8;
  if (l1Bytes > maxL1Bytes) {
    throw corrupt(
      path,
      `says that its L1 table has ${header.l1Entries} entries`,
      `at most ${maxL1Bytes / 8} are allowed`,
    );
  }
  const entriesPerL2 = clusterBytes / (header.extendedL2 ? 16 : 8);
  const coveredByL1Entry = BigInt(clusterBytes) * BigInt(entriesPerL2);
  const neededEntries = (size + coveredByL1Entry - 1n) / coveredByL1Entry;
  if (size > BigInt(Number.MAX_SAFE_INTEGER) || neededEntries > BigInt(header.l1Entries)) {
    throw corrupt(
      path,
      `claims ${size} bytes and has an L1 table of ${header.l1Entries} entries`,
      `a disk of that size needs ${neededEntries}`,
    );
  }
  const refcountBytes = header.refcountTableClusters * clusterBytes;
  if (refcountBytes === 0 || refcountBytes > maxRefcountTableBytes) {
    throw corrupt(
      path,
      `says that its refcount table has ${header.refcountTableClusters} clusters`,
      `it must have at least one and at most ${maxRefcountTableBytes / clusterBytes}`,
    );
  }
  if (header.snapshotCount > maxSnapshots) {
    throw corrupt(
      path,
      `says that it has ${header.snapshotCount} snapshots`,
      `at most ${maxSnapshots} are allowed`,
    );
  }
  const tables = [
    { name: 'L1 table', offset: header.l1Offset, bytes: l1Bytes },
    { name: 'refcount table', offset: header.refcountTableOffset, bytes: refcountBytes },
    // A snapshot needs at least its 40 bytes of fixed fields.
    { name: 'snapshot table', offset: header.snapshotsOffset, bytes: header.snapshotCount * 40 },
  ];
  for (const table of tables) {
    if (table.bytes === 0) continue;
    if (table.offset === 0 || table.offset % clusterBytes !== 0) {
      throw corrupt(
        path,
        `says that its ${table.name} is at byte ${table.offset}`,
        `it must start at a multiple of the cluster size ${clusterBytes}, after the header`,
      );
    }
    if (table.offset + table.bytes > source.size) {
      throw truncated(
        path,
        `has ${source.size} bytes, but its ${table.name} ends at byte ${table.offset + table.bytes}`,
      );
    }
  }
}
