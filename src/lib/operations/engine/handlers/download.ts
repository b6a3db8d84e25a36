import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import type { UploadSource } from '@pmx-cli/kit';
import { isPmxError, SurroundingsError } from '@pmx-cli/kit/errors';

import { lastBytes, openRemote } from '../../../catalog/fetch/resumed.js';
import {
  cachePauseMillis,
  CacheWriter,
  type ImageCache,
  readCached,
  tailOf,
} from '../image-cache.js';
import { corrupt, mismatch, notAnImage } from './download-errors.js';
import type { StepContext } from './handler.js';
import { type Packing, unpack } from './unpack.js';
import { xzLength } from './xz-length.js';

type Download = Extract<UploadSource, { type: 'download' }>;
type Disk = { bytes: AsyncIterable<Buffer>; length: number };
type Surroundings = Pick<StepContext, 'signal' | 'sleep'> & {
  images?: () => Promise<ImageCache>;
  report?: StepContext['report'];
};

/** An index of more records than this fits nobody's image. */
const xzTailBytes = 1024 * 1024;

/**
 * Publisher → hash → unpacking → the server, in one pass. The last piece is held back until the
 * checksum is known to be right, so the server never has a whole file that is wrong.
 */
export async function openDownload(
  source: Download,
  context: Surroundings,
): Promise<{ body: Readable; length: number; problem: () => Error | undefined }> {
  let problem: Error | undefined;
  const note = (error: unknown): never => {
    problem ??= error as Error;
    throw error;
  };
  const length = await unpackedLength(source, context);
  const fetched = await fetchChecked(source, context);
  const disk = await diskOf(source, fetched.chunks, length ?? fetched.length).catch(
    async (error: unknown) => {
      await fetched.release();
      throw error;
    },
  );
  async function* body(): AsyncGenerator<Buffer> {
    try {
      let held: Buffer | undefined;
      let first = true;
      for await (const chunk of disk.bytes) {
        if (first) refuseOther(source, chunk);
        first = false;
        if (held) yield held;
        held = chunk;
      }
      await fetched.verify();
      if (held) yield held;
    } catch (error) {
      note(isPmxError(error) ? error : corrupt(source, error));
    }
  }
  const stream = Readable.from(body(), { objectMode: true, highWaterMark: 1 });
  stream.once('close', () => void fetched.release());
  return {
    body: stream,
    length: disk.length,
    problem: () => problem,
  };
}

/**
 * The server must be told the length beforehand. An .xz file says it at its end and a tar at its
 * beginning; others are unpacked once to find out.
 */
async function unpackedLength(
  source: Download,
  context: Surroundings,
): Promise<number | undefined> {
  const { compression } = source;
  if (compression === undefined || compression.startsWith('tar.')) return undefined;
  if (compression === 'xz') {
    const length = await lengthInXz(source, context);
    if (length !== undefined) return length;
  }
  const measured = await fetchChecked(source, context);
  let length = 0;
  try {
    for await (const chunk of await unpack(compression as Packing, measured.chunks)) {
      if (length === 0) refuseOther(source, chunk);
      length += chunk.length;
    }
    await measured.verify();
    return length;
  } catch (error) {
    throw isPmxError(error) ? error : corrupt(source, error);
  } finally {
    await measured.release();
  }
}

async function lengthInXz(
  { url, checksum }: Download,
  context: Surroundings,
): Promise<number | undefined> {
  const kept = checksum && (await (await context.images?.())?.find(checksum));
  if (kept) return xzLength(await tailOf(kept.path, kept.length, xzTailBytes), kept.length);
  const { length: size, close } = await remote(url, context);
  close();
  const tail = await lastBytes(url, Math.min(xzTailBytes, size ?? xzTailBytes), context.signal);
  return tail && size !== undefined ? xzLength(tail, size) : undefined;
}

function remote(url: string, { signal, sleep }: Surroundings) {
  return openRemote(url, signal, (milliseconds) => sleep(milliseconds, signal));
}

/** What the cache has, else the publisher; what comes from there stays in the cache once it is checked. */
async function fetchChecked(
  source: Download,
  context: Surroundings,
): Promise<{
  chunks: AsyncGenerator<Buffer>;
  length: number | undefined;
  verify: () => Promise<void>;
  /** Always at the end: others may wait for the cache. */
  release: () => Promise<void>;
}> {
  const { url, checksum } = source;
  const cache = checksum && (await context.images?.());
  const kept = checksum && (await cache?.find(checksum));
  const opened = kept ? undefined : await remote(url, context);
  const writer =
    opened && checksum && cache
      ? await cache.begin(checksum, url, opened.length, () => {
          context.report?.('another pmx downloads this image');
          return context.sleep(cachePauseMillis, context.signal);
        })
      : undefined;
  const come = kept ?? (writer instanceof CacheWriter ? undefined : writer);
  if (come) opened?.close();
  const chunks = come ? readCached(come.path) : opened!.chunks;
  const into = writer instanceof CacheWriter ? writer : undefined;
  const hash = checksum && createHash(checksum.algorithm);
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash?.update(chunk);
      await into?.write(chunk);
      yield chunk;
    }
  }
  return {
    chunks: hashed(),
    length: come?.length ?? opened?.length,
    async verify() {
      // What follows the disk, padding of a tar, counts as well.
      for await (const chunk of chunks) {
        hash?.update(chunk);
        await into?.write(chunk);
      }
      const got = hash?.digest('hex');
      if (!checksum || got === checksum.value) return into?.keep();
      if (come) await cache?.forget(checksum);
      throw mismatch(url, checksum, got!);
    },
    release: async () => into?.drop(),
  };
}

async function diskOf(
  source: Download,
  chunks: AsyncGenerator<Buffer>,
  length: number | undefined,
): Promise<Disk> {
  const { compression } = source;
  if (compression?.startsWith('tar.'))
    return memberOf(source, await unpack(compression.slice(4) as Packing, chunks));
  if (length === undefined)
    throw new SurroundingsError({
      code: 'PMX_DOWNLOAD_LENGTH_UNKNOWN',
      message: `${source.url} does not say how long it is, which Proxmox VE must be told beforehand.`,
      hints: ['Download it, then: pmx template create --image FILE'],
    });
  return {
    length,
    bytes: compression === undefined ? chunks : await unpack(compression as Packing, chunks),
  };
}

/** The first disk of a tar. */
async function memberOf(source: Download, bytes: AsyncIterable<Buffer>): Promise<Disk> {
  const { extract } = await import('tar-stream');
  const tar = extract();
  const packed = Readable.from(bytes, { objectMode: false });
  packed.once('error', (error) => tar.destroy(error));
  packed.pipe(tar);
  // Not `for await`: leaving that would end the archive, and with it the disk.
  const members = tar[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value: member } = await members.next();
      if (done === true) break;
      const { name, size } = member.header;
      if (size !== undefined && /\.(?:raw|img|qcow2|vmdk)$/i.test(name))
        return { length: size, bytes: member as AsyncIterable<Buffer> };
      member.resume();
    }
  } catch (error) {
    throw isPmxError(error) ? error : corrupt(source, error);
  }
  throw notAnImage(source.url, 'an archive without a disk image in it');
}

/** Planning saw the beginning of the packed file at most; this is the disk itself. */
function refuseOther({ url, format }: Download, head: Buffer): void {
  const qcow2 = head.subarray(0, 4).toString('latin1') === 'QFI\xfb';
  if (format === 'qcow2' ? qcow2 : !qcow2) return;
  throw notAnImage(
    url,
    format === 'qcow2' ? 'no qcow2 image' : 'a qcow2 image where a raw one is due',
  );
}
