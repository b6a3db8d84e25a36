import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';

import { currentOwner, isAlive, type Owner } from './journal.js';

/** A lock whose owner cannot be read is one that is just being written, unless it is older than this. */
const unwrittenMillis = 10_000;

/** Whoever has a lock file, and what for. */
export interface LockHolder {
  /** Undefined while it is just being written. */
  owner: Owner | undefined;
  purpose: string | undefined;
}

/**
 * Takes a lock file, also one whose process is gone.
 * @returns undefined when it was taken; else who has it
 */
export function takeLock(path: string, purpose?: string): LockHolder | undefined {
  // The second try follows on a lock that was left behind or released meanwhile.
  for (let tries = 0; tries < 2; tries++) {
    if (create(path, purpose)) return undefined;
    const content = read(path);
    if (content === undefined) continue;
    const holder = holderOf(content);
    if (holder.owner ? isAlive(holder.owner) : isYoung(path)) return holder;
    if (!removeStale(path, content)) return { owner: undefined, purpose: undefined };
  }
  return create(path, purpose) ? undefined : holderOf(read(path) ?? '');
}

export function releaseLock(path: string): void {
  rmSync(path, { force: true });
}

function create(path: string, purpose: string | undefined): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, JSON.stringify({ ...currentOwner(), ...(purpose && { purpose }) }));
  } finally {
    closeSync(file);
  }
  return true;
}

/**
 * Of all that found the same dead owner one removes its lock, behind a lock of its own: a file that
 * somebody else has put there meanwhile must not even be out of its place for a moment.
 * @returns false when another one is just doing that
 */
function removeStale(path: string, content: string): boolean {
  const guard = `${path}.stale`;
  if (!create(guard, undefined)) {
    if (!isYoung(guard)) rmSync(guard, { force: true });
    return false;
  }
  try {
    // Nobody but the holder of the guard removes what a dead process left, so this stays true.
    if (read(path) === content) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
  return true;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function holderOf(content: string): LockHolder {
  try {
    const found = JSON.parse(content) as (Partial<Owner> & { purpose?: unknown }) | null;
    const owner =
      typeof found?.pid === 'number' && typeof found.host === 'string'
        ? (found as Owner)
        : undefined;
    return {
      owner,
      purpose: typeof found?.purpose === 'string' ? found.purpose : undefined,
    };
  } catch {
    return { owner: undefined, purpose: undefined };
  }
}

function isYoung(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs < unwrittenMillis;
}
