import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import { RequestError } from '@pmx-cli/kit/errors';

import { isMapping } from '../files/canonical.js';
import { isSecretKey, leavesOf } from '../files/check-keys.js';
import { secretName } from '../files/interpolate.js';
import { parseFile } from '../files/read-file.js';
import { writeAtomically } from './atomic.js';
import { type Edit, editText } from './edit.js';

const kept = 20;

export interface Backup {
  id: string;
  time: string;
  bytes: number;
}

/** Older versions of one configuration file, newest first on the list. */
export class Backups {
  readonly #directory: string;
  readonly #path: string;

  /** @param directory the user's configuration folder, also for files that lie elsewhere */
  constructor(directory: string, path: string) {
    const mark = createHash('sha256').update(path).digest('hex').slice(0, 8);
    this.#directory = join(directory, 'history', `${basename(path).replace(/^\./, '')}-${mark}`);
    this.#path = path;
  }

  /** Keeps a version, without what looks like a secret, and forgets the oldest ones. */
  async keep(text: string): Promise<void> {
    let clean = text;
    try {
      clean = await withoutSecrets(this.#path, text);
    } catch {
      // A broken file is about to be replaced. It might hold anything, so it is not kept.
      return;
    }
    let time = Date.now();
    while (existsSync(this.#file(idOf(time)))) time++;
    writeAtomically(this.#file(idOf(time)), clean, 0o600);
    for (const { id } of this.list().slice(kept)) rmSync(this.#file(id), { force: true });
  }

  list(): Backup[] {
    if (!existsSync(this.#directory)) return [];
    return readdirSync(this.#directory)
      .filter((name) => /^\d{8}T\d{9}Z$/.test(name))
      .sort()
      .toReversed()
      .map((id) => ({ id, time: timeOf(id), bytes: statSync(this.#file(id)).size }));
  }

  /** @throws RequestError `PMX_BACKUP_NOT_FOUND` */
  read(id: string): string {
    if (this.list().some((backup) => backup.id === id)) return readFileSync(this.#file(id), 'utf8');
    throw new RequestError({
      code: 'PMX_BACKUP_NOT_FOUND',
      message: `There is no older version '${id}' of ${this.#path}.`,
      hints: ['pmx config history shows those there are.'],
    });
  }

  #file(id: string): string {
    return join(this.#directory, id);
  }
}

function idOf(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:.]/g, '');
}

function timeOf(id: string): string {
  return id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/, '$1-$2-$3T$4:$5:$6.$7Z');
}

async function withoutSecrets(path: string, text: string): Promise<string> {
  const data = await parseFile({ path, text, mode: 0o600, ours: true });
  const edits: Edit[] = leavesOf(data)
    .filter(isSecretKey)
    .map((key) => ({ path: pathOf(key) }));
  for (const [name, record] of Object.entries((data['contexts'] ?? {}) as object)) {
    const headers: unknown = isMapping(record) ? record['headers'] : undefined;
    for (const [header, value] of Object.entries(isMapping(headers) ? headers : {})) {
      if (isSecretHeader(header) && !String(value).includes('${')) {
        edits.push({ path: ['contexts', name, 'headers', header] });
      }
    }
  }
  return edits.length === 0 ? text : editText(path, text, edits);
}

/** A header whose value belongs into a variable: `${NAME}`. */
export function isSecretHeader(name: string): boolean {
  return secretName.test(name) || /authorization|cookie|token|key/i.test(name);
}

/** `contexts.NAME.field`, where NAME may have dots. */
export function pathOf(key: string): string[] {
  const match = /^contexts\.(.+)\.([^.]+)$/.exec(key);
  if (match) return ['contexts', match[1]!, match[2]!];
  return key.startsWith('defaults.') ? ['defaults', key.slice('defaults.'.length)] : [key];
}
