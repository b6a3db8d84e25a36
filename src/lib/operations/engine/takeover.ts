import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { RequestError } from '@pmx-cli/kit/errors';

import { currentOwner, isAlive, type Owner } from './journal.js';

/** A lock whose owner cannot be read is one that is just being written, unless it is older than this. */
const unwrittenMillis = 10_000;

/**
 * Does `take` while no other process can take up the same operation: it reads the journal, judges, and
 * writes its own name into it. From then on the journal says who carries the operation out, so the
 * lock is held for moments only. One whose process is gone is taken over.
 *
 * @throws RequestError `PMX_OPERATION_RUNNING` when somebody else is just taking it up
 */
export function exclusively<T>(directory: string, operation: string, take: () => T): T {
  const path = join(directory, `${operation}.lock`);
  acquire(path, operation);
  try {
    return take();
  } finally {
    rmSync(path, { force: true });
  }
}

function acquire(path: string, operation: string): void {
  // The second try follows on a lock that was left behind or released meanwhile.
  for (let tries = 0; tries < 2; tries++) {
    if (create(path)) return;
    const content = read(path);
    if (content === undefined) continue;
    const owner = ownerOf(content);
    if (owner ? isAlive(owner) : isYoung(path)) throw takenUp(operation, owner);
    removeStale(path, content);
  }
  if (!create(path)) throw takenUp(operation, ownerOf(read(path) ?? ''));
}

function create(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, JSON.stringify(currentOwner()));
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

function ownerOf(content: string): Owner | undefined {
  try {
    const owner = JSON.parse(content) as Partial<Owner> | null;
    return typeof owner?.pid === 'number' && typeof owner.host === 'string'
      ? (owner as Owner)
      : undefined;
  } catch {
    return undefined;
  }
}

function isYoung(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs < unwrittenMillis;
}

function takenUp(operation: string, owner: Owner | undefined): RequestError {
  const by = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
  return new RequestError({
    code: 'PMX_OPERATION_RUNNING',
    message: `Operation ${operation} is just being taken up by ${by}.`,
    hints: [`Wait for it: pmx op show ${operation}`],
  });
}
