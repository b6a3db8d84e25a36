import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { failure } from '../errors.js';

/** The checksum of a file in lower-case hex. */
export async function fileHash(
  path: string,
  algorithm: string,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash(algorithm);
  try {
    await pipeline(createReadStream(path), hash, { signal });
  } catch (error) {
    throw signal.aborted ? failure('interrupted by signal') : error;
  }
  return hash.digest('hex');
}
