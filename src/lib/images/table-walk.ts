import type { ByteSource } from './byte-source.js';

/** Tables are read in pieces of at most this many bytes, whatever size the header claims. */
const pieceBytes = 64 * 1024;

/**
 * Reads a table of fixed-size entries piece by piece. One buffer is reused, so the memory needed
 * does not depend on the table; `visit` must not keep it.
 *
 * @param visit gets a piece and the index of the first entry in it
 * @throws whatever `visit` throws. A table that goes beyond the end of the source is read as far as
 *   there is data; check the bounds first.
 */
export async function walkTable(
  source: ByteSource,
  table: { offset: number; entries: number; entryBytes: number },
  visit: (piece: Buffer, firstEntry: number) => void | Promise<void>,
): Promise<void> {
  const perPiece = Math.floor(pieceBytes / table.entryBytes);
  const buffer = Buffer.alloc(Math.min(perPiece, table.entries) * table.entryBytes);
  for (let first = 0; first < table.entries; first += perPiece) {
    const count = Math.min(perPiece, table.entries - first);
    const wanted = buffer.subarray(0, count * table.entryBytes);
    const read = await source.readInto(wanted, table.offset + first * table.entryBytes);
    await visit(wanted.subarray(0, read - (read % table.entryBytes)), first);
    if (read < wanted.length) return;
  }
}
