import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { openFolder } from '../paths.js';
import { isMapping, type Mapping } from './canonical.js';

interface Kept {
  format: number;
  /** All of the file: only the same text says the same. */
  text: string;
  data: Mapping;
}

/** Changes when the same YAML would be read in another way. */
const format = 1;
const largestText = 65_536;
const forgottenAfter = 30 * 86_400_000;
/** Names, comments and values that a secret may be near; rather one text too many. */
const telling =
  /secret(?!-?store\b)|passw|passphrase|api[_-]?key|private[_-]?key|credential|authori[sz]ation|bearer|cookie|headers|plugins|token(?!_?-?id\b)|:\/\/[^\s/]*@|[\da-f]{8}-[\da-f]{4}-/i;

/**
 * What configuration files in YAML say, kept beside other caches: to load a parser takes longer than
 * all else that is done with a configuration. The file itself is read each time, and its text compared,
 * so that it does not matter when or by whom it was changed.
 *
 * Nothing is kept of a file that may hold a secret. Never throws.
 */
export class ParsedCache {
  readonly #folder: string;

  /** @param cacheFolder of pmx, there or not */
  constructor(cacheFolder: string) {
    this.#folder = join(cacheFolder, 'configuration');
  }

  read(path: string, text: string): Mapping | undefined {
    try {
      const kept = JSON.parse(readOwn(this.#path(path)) ?? 'null') as Partial<Kept> | null;
      return kept?.format === format && kept.text === text && isMapping(kept.data)
        ? kept.data
        : undefined;
    } catch {
      return undefined;
    }
  }

  write(path: string, text: string, data: Mapping): void {
    if (text.length > largestText || telling.test(text)) return;
    try {
      const kept = JSON.stringify({ format, text, data } satisfies Kept);
      // JSON has no NaN, and a list that is in two places becomes two.
      if (!isDeepStrictEqual((JSON.parse(kept) as Kept).data, data)) return;
      openFolder(this.#folder);
      replace(this.#path(path), kept);
      this.#dropOld();
    } catch {
      // A cache that cannot be written only costs time.
    }
  }

  #path(path: string): string {
    let sum = 0;
    for (let at = 0; at < path.length; at++) sum = (Math.imul(sum, 31) + path.charCodeAt(at)) | 0;
    return join(this.#folder, `${(sum >>> 0).toString(36)}.json`);
  }

  #dropOld(): void {
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      if (Date.now() - statSync(path).mtimeMs > forgottenAfter) rmSync(path, { force: true });
    }
  }
}

function replace(path: string, content: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, content, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** @returns undefined when somebody else wrote it, or could have */
function readOwn(path: string): string | undefined {
  const file = openSync(path, 'r');
  try {
    const { uid, mode } = fstatSync(file);
    const own =
      process.platform === 'win32' || (uid === process.getuid?.() && (mode & 0o022) === 0);
    return own ? readFileSync(file, 'utf8') : undefined;
  } finally {
    closeSync(file);
  }
}
