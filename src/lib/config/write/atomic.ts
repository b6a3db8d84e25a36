import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

import { SurroundingsError } from '@pmx-cli/kit/errors';

/** A file of dotfiles is often a link: the target is written, the link stays. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Everything or nothing, on disk when this returns. @throws SurroundingsError `PMX_CONFIG_UNWRITABLE` */
export function writeAtomically(path: string, text: string, mode: number): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(temporary, 'w', mode);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    throw unwritable(path, error);
  } finally {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // What could not be made need not be removed.
    }
  }
}

export function unwritable(path: string, error: unknown): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_CONFIG_UNWRITABLE',
    message: `The file ${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
    hints: ['Check the folder, its rights and the free space.'],
    cause: error,
  });
}

/** One writer at a time, across processes. @throws SurroundingsError `PMX_CONFIG_UNWRITABLE`, `PMX_CONFIG_LOCKED` */
export async function whileLocked<T>(path: string, job: () => Promise<T>): Promise<T> {
  const { lock } = await import('proper-lockfile');
  const lockfilePath = `${path}.lock`;
  let release: () => Promise<void>;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    release = await lock(path, {
      realpath: false,
      lockfilePath,
      stale: 15_000,
      retries: { retries: 200, factor: 1.2, minTimeout: 15, maxTimeout: 250, randomize: true },
      // Its timer would throw where nobody can catch; the write below is atomic all the same.
      onCompromised: () => undefined,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw unwritable(path, error);
    throw new SurroundingsError({
      code: 'PMX_CONFIG_LOCKED',
      message: `Another pmx has been writing ${path} for too long.`,
      hints: [`When there is none: rmdir ${lockfilePath}`],
    });
  }
  try {
    return await job();
  } finally {
    await release().catch(() => undefined);
  }
}
