import { createHash } from 'node:crypto';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ROUNDS = 5000;
const SIZE = 32;

function digest(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Repeats a digest until it is as long as asked for. */
function stretched(source: Buffer, length: number): Buffer {
  const result = Buffer.alloc(length);
  for (let at = 0; at < length; at += SIZE) source.copy(result, at);
  return result;
}

function encoded(hash: Buffer): string {
  let text = '';
  const add = (value: number, count: number): void => {
    for (let rest = value, left = count; left > 0; left--, rest >>= 6) text += ALPHABET[rest & 63];
  };
  let [first, second, third] = [0, 10, 20];
  for (let group = 0; group < 10; group++) {
    add((hash[first]! << 16) | (hash[second]! << 8) | hash[third]!, 4);
    [first, second, third] = [third + 1, first + 1, second + 1];
  }
  add((hash[31]! << 8) | hash[30]!, 3);
  return text;
}

/** crypt(3) with SHA-256 (`$5$salt$…`), as PVE stores a guest's password and as Linux guests read it. */
export function sha256Crypt(password: string, salt: string): string {
  const key = Buffer.from(password, 'utf8');
  const saltBytes = Buffer.from(salt, 'latin1').subarray(0, 16);
  const alternate = digest(key, saltBytes, key);
  const mixed: Buffer[] = [key, saltBytes, stretched(alternate, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) mixed.push(bits & 1 ? alternate : key);
  let hash = digest(...mixed);
  const keys = stretched(digest(...Array.from({ length: key.length }, () => key)), key.length);
  const salts = stretched(
    digest(...Array.from({ length: 16 + hash[0]! }, () => saltBytes)),
    saltBytes.length,
  );
  for (let round = 0; round < ROUNDS; round++) {
    const parts = [round & 1 ? keys : hash];
    if (round % 3 !== 0) parts.push(salts);
    if (round % 7 !== 0) parts.push(keys);
    parts.push(round & 1 ? hash : keys);
    hash = digest(...parts);
  }
  return `$5$${saltBytes.toString('latin1')}$${encoded(hash)}`;
}
