import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';

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
    removeStale(path, content);
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

/** Of two that found the same dead owner, only one removes it: what was renamed may be a new lock. */
function removeStale(path: string, content: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (read(aside) === content) rmSync(aside, { force: true });
  else renameSync(aside, path);
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
