import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isPmxError, SurroundingsError } from '@pmx-cli/kit/errors';

import { exposedSecrets } from './errors.js';

/** Where the secret of a context is. `endpoint` is the only one that it may ever be sent to. */
export type Entry = { endpoint: string } & (
  | { secret: string }
  /** In age's armour. */
  | { age: string }
  /** Account in the keychain. */
  | { keychain: string }
);

export interface SecretsDocument {
  version: 2;
  /** New secrets are encrypted too. */
  encrypted: boolean;
  contexts: Record<string, Entry>;
}

/** `secrets.json`, mode 0600, beside the configuration and never in it. */
export class SecretFile {
  readonly path: string;
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    this.path = join(directory, 'secrets.json');
  }

  /** @throws SurroundingsError `PMX_SECRETS_EXPOSED`, `PMX_SECRETS_UNREADABLE` */
  read(): SecretsDocument {
    try {
      if (process.platform !== 'win32' && (statSync(this.path).mode & 0o077) !== 0) {
        throw exposedSecrets(this.path);
      }
      const data = JSON.parse(readFileSync(this.path, 'utf8')) as SecretsDocument;
      if (data.version === 2) return data;
      // The first format was the contexts alone.
      return { version: 2, encrypted: false, contexts: data as unknown as Record<string, Entry> };
    } catch (error) {
      if (isPmxError(error)) throw error;
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return { version: 2, encrypted: false, contexts: {} };
      }
      // The parser's message would quote the file, and with it a secret.
      const broken = error instanceof SyntaxError || error instanceof TypeError;
      throw new SurroundingsError({
        code: 'PMX_SECRETS_UNREADABLE',
        message: broken
          ? `The secrets file ${this.path} is no valid JSON.`
          : `The secrets file ${this.path} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
        hints: [
          'Make it a file of your own with mode 600, or remove it and store the tokens again.',
        ],
        ...(!broken && { cause: error }),
      });
    }
  }

  write(document: SecretsDocument): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const temporary = `${this.path}.${process.pid}.tmp`;
    try {
      writeFileSync(temporary, `${JSON.stringify(document, undefined, 2)}\n`, {
        mode: 0o600,
        flush: true,
      });
      renameSync(temporary, this.path);
    } finally {
      rmSync(temporary, { force: true });
    }
  }
}
