import { createReadStream } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';

import { newOperationId } from './journal.js';
import { releaseLock, takeLock } from './owner-lock.js';

type Checksum = { algorithm: string; value: string };

export interface CachedImage {
  /** `sha512:…`, by which it is found. */
  checksum: string;
  path: string;
  bytes: number;
  usedAt: Date;
  /** Where it was downloaded from. */
  url: string | undefined;
}

/** What is half written and older than this was left by a process that is gone. */
const leftMillis = 24 * 3_600_000;
/** So much of the disk is not for copies that could be had again. */
const spareBytes = 2 ** 30;
const waitMillis = 500;

/**
 * Images as publishers have them, by their checksum. A file is there as a whole or not at all; what
 * was used longest ago goes when the limit is reached.
 */
export class ImageCache {
  readonly folder: string;
  readonly limit: number;

  /** @param limit bytes; 0 switches it off */
  constructor(folder: string, limit: number) {
    this.folder = folder;
    this.limit = limit;
  }

  /** A whole file, which counts as used now. */
  async find(checksum: Checksum): Promise<{ path: string; length: number } | undefined> {
    if (this.limit === 0) return undefined;
    const path = this.#path(checksum);
    try {
      const { size } = await stat(path);
      const now = new Date();
      await utimes(path, now, now);
      return { path, length: size };
    } catch {
      return undefined;
    }
  }

  /** It was not what its name says. */
  async forget(checksum: Checksum): Promise<void> {
    const path = this.#path(checksum);
    await rm(path, { force: true });
    await rm(`${path}.url`, { force: true });
  }

  /**
   * The right to download an image into the cache. Of several that want the same one the others wait,
   * and find it there afterwards.
   * @returns undefined where it has no place: nothing is kept then
   */
  async begin(
    checksum: Checksum,
    url: string,
    length: number | undefined,
    pause: () => Promise<void>,
  ): Promise<CacheWriter | { path: string; length: number } | undefined> {
    if (!(await this.#hasRoom(length))) return undefined;
    const path = this.#path(checksum);
    const lock = `${path}.lock`;
    for (;;) {
      const found = await this.find(checksum);
      if (found) return found;
      if (takeLock(lock) === undefined) break;
      await pause();
    }
    // Between the look and the lock it may have come.
    const found = await this.find(checksum);
    if (found) {
      releaseLock(lock);
      return found;
    }
    try {
      await this.#dropParts((name) => name.startsWith(basename(path)));
      const part = `${path}.${newOperationId()}.part`;
      return new CacheWriter(this, await open(part, 'wx', 0o600), { part, path, url, lock });
    } catch {
      releaseLock(lock);
      return undefined;
    }
  }

  /** The most recently used first. */
  async list(): Promise<CachedImage[]> {
    const names = await readdir(this.folder).catch(() => [] as string[]);
    const images = await Promise.all(
      names
        .filter((name) => /^sha\d+-[0-9a-f]+$/.test(name))
        .map(async (name): Promise<CachedImage | undefined> => {
          const path = join(this.folder, name);
          try {
            const { size, mtime } = await stat(path);
            const url = await readFile(`${path}.url`, 'utf8').catch(() => undefined);
            return { checksum: name.replace('-', ':'), path, bytes: size, usedAt: mtime, url };
          } catch {
            return undefined;
          }
        }),
    );
    return images
      .filter((image) => image !== undefined)
      .sort((a, b) => b.usedAt.getTime() - a.usedAt.getTime());
  }

  /** What is beyond a limit, the longest unused first. */
  async beyond(limit = this.limit): Promise<CachedImage[]> {
    let sum = 0;
    return (await this.list()).filter(({ bytes }) => (sum += bytes) > limit).toReversed();
  }

  /** Who reads a file that goes still reads it to its end. */
  async shrink(): Promise<void> {
    for (const { path } of await this.beyond()) {
      await rm(path, { force: true });
      await rm(`${path}.url`, { force: true });
    }
    await this.#dropParts((_, mtimeMs) => Date.now() - mtimeMs > leftMillis);
  }

  /** What processes have left that are gone. */
  async #dropParts(isLeft: (name: string, mtimeMs: number) => boolean): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [] as string[])) {
      if (!name.endsWith('.part')) continue;
      const path = join(this.folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found && isLeft(name, found.mtimeMs)) await rm(path, { force: true });
    }
  }

  async #hasRoom(length: number | undefined): Promise<boolean> {
    if (this.limit === 0 || length === undefined || length > this.limit) return false;
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(this.folder);
      return bavail * bsize > length + spareBytes;
    } catch {
      return false;
    }
  }

  #path({ algorithm, value }: Checksum): string {
    return join(this.folder, `${algorithm}-${value}`);
  }
}

interface Writing {
  part: string;
  path: string;
  url: string;
  lock: string;
}

/** One image on its way into the cache. A disk that fails ends that, never the download. */
export class CacheWriter {
  readonly #cache: ImageCache;
  readonly #file: FileHandle;
  readonly #writing: Writing;
  #broken = false;
  #ended = false;

  constructor(cache: ImageCache, file: FileHandle, writing: Writing) {
    this.#cache = cache;
    this.#file = file;
    this.#writing = writing;
  }

  async write(chunk: Buffer): Promise<void> {
    if (this.#broken || this.#ended) return;
    try {
      await this.#file.writeFile(chunk);
    } catch {
      this.#broken = true;
    }
  }

  /** All of it has come, and its checksum is right. */
  async keep(): Promise<void> {
    if (this.#broken) return this.drop();
    const { part, path, url, lock } = this.#writing;
    if (this.#ended) return;
    this.#ended = true;
    try {
      await this.#file.sync();
      await this.#file.close();
      await writeFile(`${path}.url`, url.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, ''), {
        mode: 0o600,
      });
      await rename(part, path);
      await this.#cache.shrink();
    } catch {
      await rm(part, { force: true });
    } finally {
      releaseLock(lock);
    }
  }

  /** Also after `keep`, where it does nothing. */
  async drop(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const { part, lock } = this.#writing;
    await this.#file.close().catch(() => undefined);
    await rm(part, { force: true });
    releaseLock(lock);
  }
}

export function readCached(path: string): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: 256 * 1024 });
}

export async function tailOf(path: string, length: number, count: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const size = Math.min(count, length);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, length - size);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Between two looks whether somebody else has downloaded it. */
export const cachePauseMillis = waitMillis;

/** `4G`, `512M`, `0` → bytes. */
export function cacheLimit(text: string): number {
  const [, number = '0', unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?)$/i.exec(text) ?? [];
  return Math.floor(Number(number) * 1024 ** ' KMGT'.indexOf(unit.toUpperCase() || ' '));
}
