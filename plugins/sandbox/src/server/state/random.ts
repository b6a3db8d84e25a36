import { createHash, randomBytes } from 'node:crypto';

/** Where everything comes from that is left to chance and is no secret. */
export interface Random {
  /** Bytes for a purpose; purposes do not disturb each other. */
  bytes(purpose: string, count: number): Buffer;
}

/** Chance itself. */
export const trueRandom: Random = { bytes: (_purpose, count) => randomBytes(count) };

/**
 * The same bytes in the same order for the same seed. How far each purpose has come is kept in
 * `drawn`, so that a restart goes on instead of giving out the same addresses again.
 */
export function seededRandom(seed: string, drawn: Record<string, number>): Random {
  return {
    bytes: (purpose, count) => {
      const turn = (drawn[purpose] = (drawn[purpose] ?? 0) + 1);
      return bytesFor(`${seed}:${purpose}:${turn}`, count);
    },
  };
}

/** Bytes that are always the same for a text. */
export function bytesFor(text: string, count: number): Buffer {
  const blocks: Buffer[] = [];
  for (let block = 0; block * 32 < count; block++)
    blocks.push(createHash('sha256').update(`${text}:${block}`).digest());
  return Buffer.concat(blocks).subarray(0, count);
}

/** A number from 0 to below 1. */
export function fraction(bytes: Buffer): number {
  return bytes.readUInt32BE() / 2 ** 32;
}

/** A version 4 UUID. */
export function uuidOf(bytes: Buffer): string {
  const own = Buffer.from(bytes.subarray(0, 16));
  own[6] = (own[6]! & 0x0f) | 0x40;
  own[8] = (own[8]! & 0x3f) | 0x80;
  const hex = own.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
