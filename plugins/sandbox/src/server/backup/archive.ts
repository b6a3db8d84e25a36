import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { failure, messageOf } from '../errors.js';
import type { GuestKind, Inside, VmConfig } from '../state/model.js';
import { CHUNK_BYTES, filledPieces } from '../storage/sparse.js';
import type { Compression } from './names.js';

const MAGIC = Buffer.from('PMX SANDBOX BACKUP 1\n');
const END = 0xffffffff;
const MAX_HEADER = 64 * 1024 * 1024;

/** A file of a guest in the archive: a disk, or one of the files of a volume that is a directory. */
export interface Member {
  /** The drive or mount point that it belongs to. */
  key: string;
  volid: string;
  format: string;
  /** Bytes of the file. */
  size: number;
  /** Below the volume's directory. */
  path?: string;
}

export interface ArchiveHeader {
  kind: GuestKind;
  vmid: number;
  config: VmConfig;
  inside?: Inside;
  members: Member[];
}

/** The archive's bytes: magic, header as JSON, then pieces (member, offset, length, data) and an end mark. */
async function* content(
  header: ArchiveHeader,
  paths: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  yield Buffer.concat([MAGIC, length, json]);
  for (const [index, path] of paths.entries()) {
    for await (const { offset, data } of filledPieces(path, signal)) {
      const head = Buffer.alloc(16);
      head.writeUInt32BE(index, 0);
      head.writeBigUInt64BE(BigInt(offset), 4);
      head.writeUInt32BE(data.length, 12);
      // A copy: the reader fills its buffer again while this one is still being packed.
      yield Buffer.concat([head, data]);
    }
  }
  const end = Buffer.alloc(4);
  end.writeUInt32BE(END);
  yield end;
}

/** Writes an archive; on failure or abortion the caller removes what is there of it. */
export async function writeArchive(
  target: string,
  compression: Compression,
  header: ArchiveHeader,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const source = Readable.from(content(header, paths, signal));
  const file = createWriteStream(target, { flags: 'wx', mode: 0o640 });
  const pack =
    compression === 'gz' ? createGzip() : compression === 'zst' ? createZstdCompress() : undefined;
  try {
    if (pack) await pipeline(source, pack, file, { signal });
    else await pipeline(source, file, { signal });
  } catch (error) {
    throw signal.aborted ? failure('interrupted by signal') : error;
  }
}

function unpacker(compression: Compression): Transform | undefined {
  if (compression === 'gz') return createGunzip();
  return compression === 'zst' ? createZstdDecompress() : undefined;
}

/** Gives a stream's bytes in the portions that are asked for. */
class Portions {
  readonly #source: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async take(bytes: number): Promise<Buffer> {
    const parts = [this.#held];
    let have = this.#held.length;
    while (have < bytes) {
      const next = await this.#source.next();
      if (next.done) throw failure('unexpected end of the archive');
      parts.push(next.value);
      have += next.value.length;
    }
    const all = parts.length === 1 ? this.#held : Buffer.concat(parts);
    this.#held = all.subarray(bytes);
    return all.subarray(0, bytes);
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }
}

/** An archive that is being read. */
export interface OpenArchive {
  header: ArchiveHeader;
  pieces(): AsyncGenerator<{ member: number; offset: number; data: Buffer }>;
}

/** Opens an archive, reads its header, and closes it when the work is done. */
export async function readArchive<T>(
  path: string,
  compression: Compression,
  work: (archive: OpenArchive) => Promise<T>,
): Promise<T> {
  const file = createReadStream(path);
  const unpack = unpacker(compression);
  // A damaged stream shows where it is read.
  if (unpack) file.on('error', (error) => unpack.destroy(error)).pipe(unpack);
  const portions = new Portions(unpack ?? file);
  try {
    const header = await readHeader(portions);
    return await work({ header, pieces: () => pieces(portions, header.members.length) });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : failure(`unable to read the archive: ${messageOf(error)}`);
  } finally {
    await portions.close().catch(() => undefined);
    file.destroy();
    unpack?.destroy();
  }
}

async function readHeader(portions: Portions): Promise<ArchiveHeader> {
  const magic = await portions.take(MAGIC.length).catch(() => undefined);
  if (!magic?.equals(MAGIC))
    throw failure('this archive was not made by a sandbox: it holds no PMX SANDBOX BACKUP');
  const length = (await portions.take(4)).readUInt32BE();
  if (length > MAX_HEADER) throw failure('the archive is damaged: its header is too long');
  try {
    return JSON.parse((await portions.take(length)).toString('utf8')) as ArchiveHeader;
  } catch (error) {
    throw failure(`the archive is damaged: ${messageOf(error)}`);
  }
}

async function* pieces(
  portions: Portions,
  members: number,
): AsyncGenerator<{ member: number; offset: number; data: Buffer }> {
  for (;;) {
    const member = (await portions.take(4)).readUInt32BE();
    if (member === END) return;
    const head = await portions.take(12);
    const offset = Number(head.readBigUInt64BE(0));
    const length = head.readUInt32BE(8);
    if (member >= members || length > CHUNK_BYTES) throw failure('the archive is damaged');
    yield { member, offset, data: await portions.take(length) };
  }
}

/** A configuration as extractconfig shows it. */
export function configText({ kind, config, members }: ArchiveHeader): string {
  const { description, ...options } = config;
  const lines = description === undefined ? [] : String(description).split('\n');
  const map = members.map(
    ({ key, volid, format }) =>
      `#qmdump#map:${key}:drive-${key}:${volid.split(':')[0]!}:${format}:`,
  );
  return [
    ...lines.map((line) => `#${encodeURIComponent(line).replaceAll('%20', ' ')}`),
    ...Object.keys(options)
      .sort()
      .map((key) => `${key}: ${String(options[key])}`),
    ...(kind === 'qemu' ? map : []),
    '',
  ].join('\n');
}
