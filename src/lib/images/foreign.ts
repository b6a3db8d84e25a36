import { type ByteSource, readAt } from './byte-source.js';
import { acceptedFormats, convertCommand, refuse, shellWord, siblingPath } from './refusal.js';

interface Signature {
  at: number;
  bytes: Buffer;
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');

/** Magic numbers as in file(1); the command writes a new file and keeps the old one. */
const compressors: ReadonlyArray<Signature & { name: string; unpack: (path: string) => string }> = [
  { name: 'gzip', at: 0, bytes: hex('1f8b08'), unpack: (path) => toStandardOut('gzip -dc', path) },
  {
    name: 'xz',
    at: 0,
    bytes: hex('fd377a585a00'),
    unpack: (path) => toStandardOut('xz -dc', path),
  },
  {
    name: 'zstd',
    at: 0,
    bytes: hex('28b52ffd'),
    unpack: (path) => toStandardOut('zstd -dc', path),
  },
  // "BZh" and one digit are too weak alone; the block magic (digits of pi) follows at byte 4.
  {
    name: 'bzip2',
    at: 4,
    bytes: hex('314159265359'),
    unpack: (path) => toStandardOut('bzip2 -dc', path),
  },
  { name: 'zip', at: 0, bytes: hex('504b0304'), unpack: (path) => `unzip ${shellWord(path)}` },
  { name: '7z', at: 0, bytes: hex('377abcaf271c'), unpack: (path) => `7z x ${shellWord(path)}` },
];

/** Disk formats of other programs, with the name that qemu-img has for them. */
const otherDisks: ReadonlyArray<Signature & { name: string; qemu: string }> = [
  { name: 'VHDX image (Hyper-V)', qemu: 'vhdx', at: 0, bytes: latin1('vhdxfile') },
  { name: 'VHD image (Hyper-V, Azure)', qemu: 'vpc', at: 0, bytes: latin1('conectix') },
  { name: 'VDI image (VirtualBox)', qemu: 'vdi', at: 0x40, bytes: hex('7f10dabe') },
  { name: 'QED image', qemu: 'qed', at: 0, bytes: latin1('QED\0') },
  { name: 'Parallels image', qemu: 'parallels', at: 0, bytes: latin1('WithoutFreeSpace') },
  { name: 'Parallels image', qemu: 'parallels', at: 0, bytes: latin1('WithouFreSpacExt') },
];

/** Formats that are recognised by their last 512 bytes. */
const trailers: ReadonlyArray<{ name: string; qemu: string; bytes: Buffer }> = [
  { name: 'VHD image (Hyper-V, Azure; fixed size)', qemu: 'vpc', bytes: latin1('conectix') },
  { name: 'DMG image (macOS)', qemu: 'dmg', bytes: latin1('koly') },
];

/** ISO 9660 (ECMA-119) and UDF (ECMA-167) volume recognition, sector 16 of 2048 bytes. */
const mediumIds: readonly string[] = ['CD001', 'BEA01', 'NSR02', 'NSR03'];

/**
 * Refuses what is recognised and is not a format that pmx takes, with the command that makes one.
 *
 * @param head the first bytes of the file, at least 34 KiB where the file has them
 * @throws RequestError `PMX_IMAGE_COMPRESSED`, `PMX_IMAGE_FORMAT_UNSUPPORTED`,
 *   `PMX_IMAGE_INSTALLATION_MEDIUM`
 */
export async function refuseForeign(source: ByteSource, head: Buffer): Promise<void> {
  const { path } = source;
  const compressor = compressors.find((candidate) => matches(head, candidate));
  if (compressor !== undefined) {
    throw refuse({
      code: 'PMX_IMAGE_COMPRESSED',
      path,
      found: `is a ${compressor.name}-compressed file`,
      rule: 'an image must be unpacked before it is uploaded',
      hints: [`Unpack it: ${compressor.unpack(path)}`],
    });
  }
  const disk = otherDisks.find((candidate) => matches(head, candidate));
  if (disk !== undefined) throw convertFirst(path, disk);
  if (matches(head, { at: 0, bytes: latin1('VMA\0') })) {
    throw refuse({
      code: 'PMX_IMAGE_FORMAT_UNSUPPORTED',
      path,
      found: 'is a backup of Proxmox VE (VMA)',
      rule: acceptedFormats,
      hints: [`Restore it on a node: qmrestore ${shellWord(path)} VMID`],
    });
  }
  if (mediumIds.includes(head.toString('latin1', 32_769, 32_774))) {
    throw refuse({
      code: 'PMX_IMAGE_INSTALLATION_MEDIUM',
      path,
      found: 'is an installation medium or other CD/DVD image (ISO 9660 or UDF)',
      rule: 'it is not a disk image: a template needs a disk with an installed system',
      hints: [
        'Use the cloud image of the distribution (a .qcow2, .img or .raw file).',
        'To install from the medium, upload it as content type iso and attach it as CD drive.',
      ],
    });
  }
  const tail = await readAt(source, Math.max(0, source.size - 512), 8);
  const trailer = trailers.find(({ bytes }) => tail.subarray(0, bytes.length).equals(bytes));
  if (trailer !== undefined) throw convertFirst(path, trailer);
}

function convertFirst(path: string, format: { name: string; qemu: string }): Error {
  return refuse({
    code: 'PMX_IMAGE_FORMAT_UNSUPPORTED',
    path,
    found: `is a ${format.name}`,
    rule: acceptedFormats,
    hints: [`Convert it: ${convertCommand(path, format.qemu)}`],
  });
}

function matches(head: Buffer, signature: Signature): boolean {
  const end = signature.at + signature.bytes.length;
  return head.length >= end && head.subarray(signature.at, end).equals(signature.bytes);
}

/** `disk.qcow2.xz` becomes `disk.qcow2`, `disk` becomes `disk.img`. */
function toStandardOut(command: string, path: string): string {
  const stripped = path.replace(/\.(?:gz|xz|zst|zstd|bz2)$/i, '');
  const target = stripped === path ? siblingPath(path, '.img') : stripped;
  return `${command} ${shellWord(path)} > ${shellWord(target)}`;
}
