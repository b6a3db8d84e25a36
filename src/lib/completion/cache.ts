import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { findProjectFile, userFile } from '../config/files/find.js';
import { workingFolder } from '../config/paths.js';

/** What was read for completion, and when. `rows` is absent after a reading that failed. */
export interface CachedData {
  at: number;
  rows?: unknown[];
}

const dayMillis = 86_400_000;

/**
 * Names what decides about the server in use without reading it: a change of context is a change
 * of the configuration file, and then its entries are simply others.
 */
export function cacheKey(
  configFolder: string,
  context: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): string {
  const cwd = workingFolder();
  const files = [userFile(configFolder), cwd === undefined ? undefined : findProjectFile(cwd)];
  const facts = [
    context ?? env['PMX_CONTEXT'] ?? '',
    ...['PMX_HOST', 'PVE_HOST', 'PMX_TOKEN_ID', 'PVE_TOKEN_ID', 'PMX_USER', 'PVE_USER'].map(
      (name) => env[name] ?? '',
    ),
    ...files.map(stampOf),
  ];
  return createHash('sha256').update(facts.join('\0')).digest('hex').slice(0, 16);
}

function stampOf(path: string | undefined): string {
  if (path === undefined) return '';
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${path}:${stat.mtimeMs}:${stat.size}` : '';
}

/** One folder for each server in use, one file for each kind of data. */
export class CompletionCache {
  readonly #root: string;
  readonly #folder: string;

  constructor(cacheFolder: string, key: string) {
    this.#root = join(cacheFolder, 'completion');
    this.#folder = join(this.#root, key);
  }

  read(name: string): CachedData | undefined {
    try {
      const data = JSON.parse(readFileSync(this.#path(name), 'utf8')) as Partial<CachedData>;
      return typeof data.at === 'number' ? (data as CachedData) : undefined;
    } catch {
      return undefined;
    }
  }

  write(name: string, data: CachedData): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const temporary = `${this.#path(name)}.${process.pid}.tmp`;
    writeFileSync(temporary, JSON.stringify(data), { mode: 0o600 });
    renameSync(temporary, this.#path(name));
    this.#dropOld(data.at);
  }

  /** Entries of servers that were not asked for a day. */
  #dropOld(now: number): void {
    for (const name of readdirSync(this.#root)) {
      const folder = join(this.#root, name);
      const stat = statSync(folder, { throwIfNoEntry: false });
      if (stat && now - stat.mtimeMs > dayMillis) rmSync(folder, { recursive: true, force: true });
    }
  }

  #path(name: string): string {
    return join(this.#folder, `${name.replaceAll(/[^\w.-]/g, '_')}.json`);
  }
}
