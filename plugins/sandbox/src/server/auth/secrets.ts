import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { SecretHash } from '../state/model.js';

const derive = promisify(scrypt) as (
  password: string,
  salt: Buffer,
  length: number,
) => Promise<Buffer>;

function equal(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Hashes a password: slow on purpose. */
export async function hashPassword(password: string): Promise<SecretHash> {
  const salt = randomBytes(16);
  return { salt: salt.toString('hex'), hash: (await derive(password, salt, 32)).toString('hex') };
}

/** Compares a password with its hash. */
export async function passwordMatches(password: string, stored: SecretHash): Promise<boolean> {
  return equal(
    await derive(password, Buffer.from(stored.salt, 'hex'), 32),
    Buffer.from(stored.hash, 'hex'),
  );
}

function tokenHash(secret: string, salt: Buffer): Buffer {
  return createHash('sha256').update(salt).update(secret).digest();
}

/** Hashes a token secret: fast, because it is checked on each request, and safe, because it is random. */
export function hashToken(secret: string): SecretHash {
  const salt = randomBytes(16);
  return { salt: salt.toString('hex'), hash: tokenHash(secret, salt).toString('hex') };
}

/** Compares a token secret with its hash. */
export function tokenMatches(secret: string, stored: SecretHash): boolean {
  return equal(tokenHash(secret, Buffer.from(stored.salt, 'hex')), Buffer.from(stored.hash, 'hex'));
}
