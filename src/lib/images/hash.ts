import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { RequestError, SurroundingsError } from '@pmx-cli/kit/errors';
import { fileError, openFile } from './byte-source.js';
import type { ImageInfo } from './types.js';

/** Large enough that the cost per read vanishes, small enough that Ctrl-C is felt at once. */
const hashPieceBytes = 1024 * 1024;
/** Measured on loopback: 64 KiB (createReadStream's) stays at 3/4 of curl's speed, 256 KiB is level. */
const streamPieceBytes = 256 * 1024;
/** One is being sent, one waits, one is being read; and one to spare. */
const streamBuffers = 4;

/**
 * SHA-256 of a byte range of a file, as 64 lower-case hexadecimal digits. One buffer of 1 MiB is
 * reused, so memory does not grow with the file.
 *
 * @param offset first byte
 * @param length number of bytes
 * @throws the reason of `signal` when it aborts
 * @throws RequestError `PMX_FILE_NOT_FOUND`, `PMX_FILE_UNREADABLE`
 * @throws SurroundingsError `PMX_FILE_CHANGED` when the file ends before the range does
 */
export async function hashRange(
  path: string,
  offset: number,
  length: number,
  options: { signal?: AbortSignal } = {},
): Promise<string> {
  const { signal } = options;
  signal?.throwIfAborted();
  const file = await openFile(path);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(Math.min(hashPieceBytes, Math.max(length, 1)));
    for (let done = 0; done < length;) {
      signal?.throwIfAborted();
      const piece = buffer.subarray(0, Math.min(buffer.length, length - done));
      const read = await file.source.readInto(piece, offset + done);
      if (read < piece.length) throw endedEarly(path, offset + length, offset + done + read);
      hash.update(piece);
      done += read;
    }
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}

/**
 * A byte range of a file as a stream of exactly `length` bytes. The file is opened with the first
 * read, and closed when the stream ends or is destroyed.
 *
 * Its chunks share four buffers, which keeps memory flat where createReadStream leaves a new buffer
 * for each chunk to the garbage collector. So it is only for a consumer that is done with a chunk
 * before it asks for the next one, as an upload is.
 *
 * The stream fails with the errors of {@link hashRange}; a file that became shorter is an error
 * and not an early end, because an upload with a fixed Content-Length would otherwise wait for ever.
 */
export function openRange(path: string, offset: number, length: number): Readable {
  return Readable.from(pieces(path, offset, length), { objectMode: true, highWaterMark: 1 });
}

async function* pieces(path: string, offset: number, length: number): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw fileError(path, error);
  });
  try {
    const ring = Array.from({ length: streamBuffers }, () =>
      Buffer.allocUnsafeSlow(streamPieceBytes),
    );
    for (let done = 0, index = 0; done < length; index = (index + 1) % streamBuffers) {
      const piece = ring[index]!;
      const { bytesRead } = await handle
        .read(piece, 0, Math.min(piece.length, length - done), offset + done)
        .catch((error: unknown) => {
          throw fileError(path, error);
        });
      if (bytesRead === 0) throw endedEarly(path, offset + length, offset + done);
      done += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/**
 * Makes sure that a file is still the one that was inspected.
 *
 * @throws RequestError `PMX_FILE_CHANGED` when size or time of modification differ, or
 *   `PMX_FILE_NOT_FOUND`
 */
export async function assertUnchanged(
  info: Pick<ImageInfo, 'path' | 'fileSize' | 'modifiedMillis'>,
): Promise<void> {
  const now = await stat(info.path).catch((error: unknown) => {
    throw fileError(info.path, error);
  });
  if (now.size === info.fileSize && Math.floor(now.mtimeMs) === info.modifiedMillis) return;
  throw new RequestError({
    code: 'PMX_FILE_CHANGED',
    message: `File ${JSON.stringify(info.path)} changed after it was checked; it must stay as it is until the upload has ended.`,
    hints: ['Wait until the program that writes the file has ended, then run the command again.'],
    data: { path: info.path },
  });
}

function endedEarly(path: string, expectedEnd: number, end: number): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_FILE_CHANGED',
    message: `File ${JSON.stringify(path)} ended at byte ${end} while it was read up to byte ${expectedEnd}; it became shorter after it was checked.`,
    hints: ['Wait until the program that writes the file has ended, then run the command again.'],
    data: { path },
  });
}
