import { open, stat } from 'node:fs/promises';
import { failure } from '../errors.js';
import { extentsOf } from './extents.js';

/** Files are looked through in pieces of this size; a piece of zeros is a hole. */
export const CHUNK_BYTES = 1024 * 1024;
const ZEROS = Buffer.alloc(CHUNK_BYTES);

export interface Piece {
  offset: number;
  data: Buffer;
}

/** The pieces of a file that hold something. The buffer is used again for the next one. */
export async function* filledPieces(path: string, signal: AbortSignal): AsyncGenerator<Piece> {
  const { size, blocks } = await stat(path);
  // Nothing was ever written: there is no need to look through gigabytes of zeros.
  if (blocks === 0) return;
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (const { start, length } of await extentsOf(path, size)) {
      for (let offset = start; offset < start + length;) {
        if (signal.aborted) throw failure('interrupted by signal');
        const wanted = Math.min(CHUNK_BYTES, start + length - offset);
        const { bytesRead } = await file.read(buffer, 0, wanted, offset);
        if (bytesRead === 0) return;
        const data = buffer.subarray(0, bytesRead);
        if (data.compare(ZEROS, 0, bytesRead) !== 0) yield { offset, data };
        offset += bytesRead;
      }
    }
  } finally {
    await file.close();
  }
}

/** Copies a file without filling its holes; the target may be there already. */
export async function copySparse(from: string, to: string, signal: AbortSignal): Promise<void> {
  const { size } = await stat(from);
  const target = await open(to, 'w', 0o640);
  try {
    await target.truncate(size);
    for await (const { offset, data } of filledPieces(from, signal))
      await target.write(data, 0, data.length, offset);
  } finally {
    await target.close();
  }
}
