import { createHash } from 'node:crypto';

import { RequestError } from '@pmx-cli/kit/errors';

import type { Mapping } from '../files/canonical.js';
import { parseFile, readRaw } from '../files/read-file.js';
import { realPath, whileLocked, writeAtomically } from './atomic.js';
import { Backups } from './backups.js';
import { type Edit, editText } from './edit.js';

/** Writes configuration files: locked, whole or not at all, the version before kept. For step handlers only. */
export class ConfigWriter {
  readonly #directory: string;

  /** @param directory the user's configuration folder, where older versions are kept */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @param edits depend on what the file says once nobody else writes it */
  async edit(
    path: string,
    edits: readonly Edit[] | ((data: Mapping) => readonly Edit[]),
  ): Promise<void> {
    await this.#change(path, async (text) => {
      const wanted =
        typeof edits === 'function'
          ? edits(await parseFile({ path, text: text ?? '', mode: 0o600, ours: true }))
          : edits;
      return editText(path, text ?? '', wanted);
    });
  }

  /**
   * @param expected digest of the text that the new one was made from
   * @throws RequestError `PMX_CONFIG_CHANGED` when somebody else has written meanwhile
   */
  async replace(path: string, content: string, expected?: string): Promise<void> {
    await parseFile({ path, text: content, mode: 0o600, ours: true });
    await this.#change(path, async (text) => {
      if (expected !== undefined && digestOf(text ?? '') !== expected) {
        throw new RequestError({
          code: 'PMX_CONFIG_CHANGED',
          message: `${path} was changed by somebody else meanwhile. Nothing was written.`,
          hints: ['Do it again: it then begins with what is there now.'],
        });
      }
      return content;
    });
  }

  async #change(
    given: string,
    change: (text: string | undefined) => Promise<string>,
  ): Promise<void> {
    const path = realPath(given);
    await whileLocked(path, async () => {
      const file = readRaw(path);
      const text = await change(file?.text);
      if (text === file?.text) return;
      if (file) await new Backups(this.#directory, given).keep(file.text);
      writeAtomically(
        path,
        text,
        file?.mode ?? (given.startsWith(this.#directory) ? 0o600 : 0o644),
      );
    });
  }
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
