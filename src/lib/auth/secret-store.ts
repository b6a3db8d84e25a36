import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isPmxError, SurroundingsError } from '@pmx-cli/kit/errors';

interface StoredSecret {
  /** The only endpoint this secret may ever be sent to. */
  endpoint: string;
  secret: string;
}

/** Token secrets in a file of mode 0600, beside the configuration and never in it. */
export class SecretStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @returns undefined when there is none for this context, or it was stored for another endpoint */
  get(context: string, endpoint: string): string | undefined {
    const stored = this.#read()[context];
    return stored?.endpoint === endpoint ? stored.secret : undefined;
  }

  has(context: string): boolean {
    return Object.hasOwn(this.#read(), context);
  }

  set(context: string, endpoint: string, secret: string): void {
    this.#write({ ...this.#read(), [context]: { endpoint, secret } });
  }

  remove(context: string): void {
    const { [context]: _, ...rest } = this.#read();
    this.#write(rest);
  }

  get #path(): string {
    return join(this.#directory, 'secrets.json');
  }

  #read(): Record<string, StoredSecret> {
    try {
      if (process.platform !== 'win32' && (statSync(this.#path).mode & 0o077) !== 0) {
        throw new SurroundingsError({
          code: 'PMX_SECRETS_EXPOSED',
          message: `The secrets file ${this.#path} can be read by others.`,
          hints: [
            `chmod 600 ${this.#path}`,
            'Then replace the tokens in it: others may have read them.',
          ],
        });
      }
      return JSON.parse(readFileSync(this.#path, 'utf8')) as Record<string, StoredSecret>;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      if (error instanceof SyntaxError) {
        // The parser's message would quote the file, and with it a secret.
        throw new SurroundingsError({
          code: 'PMX_SECRETS_UNREADABLE',
          message: `The secrets file ${this.#path} is no valid JSON.`,
          hints: ['Remove it and store the tokens again: pmx context add …'],
        });
      }
      if (isPmxError(error)) throw error;
      throw new SurroundingsError({
        code: 'PMX_SECRETS_UNREADABLE',
        message: `The secrets file ${this.#path} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
        hints: ['Make it a file of your own with mode 600, or remove it.'],
        cause: error,
      });
    }
  }

  #write(secrets: Record<string, StoredSecret>): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const temporary = `${this.#path}.${process.pid}.tmp`;
    try {
      writeFileSync(temporary, `${JSON.stringify(secrets, undefined, 2)}\n`, {
        mode: 0o600,
        flush: true,
      });
      renameSync(temporary, this.#path);
    } finally {
      rmSync(temporary, { force: true });
    }
  }
}
