import { type ByteSource, readAt } from './byte-source.js';
import { corrupt, truncated } from './qcow2-header.js';

/** A regular file inside a tar archive. Offsets and sizes are bytes. */
export interface TarMember {
  name: string;
  offset: number;
  size: number;
}

const blockBytes = 512;
/** An OVA has a handful of members; the limit keeps a crafted archive from filling memory. */
const maxMembers = 10_000;
/** A long name or pax header is at most a few hundred bytes in practice. */
const maxExtensionBytes = 64 * 1024;

/** True when the block is a tar header: "ustar" in its place and the right checksum. */
export function isTarHeader(block: Buffer): boolean {
  if (block.length < blockBytes) return false;
  if (block.toString('latin1', 257, 262) !== 'ustar') return false;
  return readNumber(block, 148, 8) === checksum(block);
}

/**
 * The regular files of a tar archive, read header by header; contents are skipped.
 * Formats: POSIX.1-2017 pax/ustar (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html)
 * and the GNU extensions for long names and sizes from 8 GiB.
 *
 * @throws RequestError `PMX_IMAGE_TRUNCATED`, `PMX_IMAGE_CORRUPT`
 */
export async function readTarMembers(source: ByteSource): Promise<TarMember[]> {
  const members: TarMember[] = [];
  let extension: { name?: string; size?: number } = {};
  for (let position = 0; position < source.size;) {
    const block = await readAt(source, position, blockBytes);
    if (block.length < blockBytes) throw truncated(source.path, 'ends inside a tar header');
    if (block.every((byte) => byte === 0)) return members;
    if (!isTarHeader(block)) {
      throw corrupt(
        source.path,
        `has no tar header at byte ${position}`,
        'every member of an archive must start with one',
      );
    }
    const type = String.fromCharCode(block[156] ?? 0);
    const size = extension.size ?? readNumber(block, 124, 12);
    const content = position + blockBytes;
    if (!Number.isSafeInteger(size) || size < 0) {
      throw corrupt(source.path, 'has a tar header with an unreadable size', 'it must be a number');
    }
    if (content + size > source.size) {
      throw truncated(
        source.path,
        `has ${source.size} bytes, but a member of the archive ends at byte ${content + size}`,
      );
    }
    position = content + Math.ceil(size / blockBytes) * blockBytes;

    if (type === 'L' || type === 'x') {
      if (size > maxExtensionBytes) {
        throw corrupt(
          source.path,
          `has an extended tar header of ${size} bytes`,
          `at most ${maxExtensionBytes} are allowed`,
        );
      }
      const body = await readAt(source, content, size);
      extension = type === 'L' ? { ...extension, name: cString(body) } : readPax(body, extension);
      continue;
    }
    // '0', NUL and '7' are regular files; directories, links and global headers have no disk.
    if (type === '0' || type === '\0' || type === '7') {
      members.push({ name: extension.name ?? memberName(block), offset: content, size });
      if (members.length > maxMembers) {
        throw corrupt(
          source.path,
          `has more than ${maxMembers} files`,
          'an OVA has a descriptor and a few disks',
        );
      }
    }
    extension = {};
  }
  return members;
}

function memberName(block: Buffer): string {
  const name = cString(block.subarray(0, 100));
  // GNU headers ("ustar " with blanks) keep times where POSIX has the prefix.
  const posix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = posix ? cString(block.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function cString(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
}

/** Octal digits, or a big-endian number when the top bit of the first byte is set (GNU). */
function readNumber(block: Buffer, at: number, length: number): number {
  const first = block[at] ?? 0;
  if ((first & 0x80) !== 0) {
    let value = first & 0x7f;
    for (let index = 1; index < length; index += 1) value = value * 256 + (block[at + index] ?? 0);
    return value;
  }
  const digits = cString(block.subarray(at, at + length)).trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(`0${digits}`, 8) : Number.NaN;
}

/** Sum of all bytes, with the checksum field itself counted as blanks. */
function checksum(block: Buffer): number {
  let sum = 0;
  for (let index = 0; index < blockBytes; index += 1) {
    sum += index >= 148 && index < 156 ? 0x20 : (block[index] ?? 0);
  }
  return sum;
}

/** Records of the form "LENGTH KEY=VALUE\n"; LENGTH counts the whole record in bytes. */
function readPax(body: Buffer, before: { name?: string; size?: number }) {
  const result = { ...before };
  for (let at = 0; at < body.length;) {
    const blank = body.indexOf(0x20, at);
    const length = blank === -1 ? 0 : Number(body.toString('latin1', at, blank));
    if (!Number.isInteger(length) || length <= blank - at) break;
    const [key, ...value] = body.toString('utf8', blank + 1, at + length - 1).split('=');
    if (key === 'path') result.name = value.join('=');
    if (key === 'size') result.size = Number(value.join('='));
    at += length;
  }
  return result;
}
