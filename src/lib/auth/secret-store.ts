import { isPmxError } from '@pmx-cli/kit/errors';

import { whileLocked } from '../config/write/atomic.js';
import { open, seal } from './secrets/age.js';
import { runSecretCommand } from './secrets/command.js';
import { badSecret, keychainFailed, noPassphrase } from './secrets/errors.js';
import { type Keychain, SystemKeychain } from './secrets/keychain.js';
import { type Entry, SecretFile } from './secrets/secret-file.js';

/** Where a secret came from, for `whoami` and the like. */
export type SecretOrigin = 'secretCommand' | 'keychain' | 'encrypted file' | 'file';

export interface FoundSecret {
  secret: string;
  source: SecretOrigin;
}

export interface SecretStoreOptions {
  keychain?: Keychain;
  /** Where new secrets go. */
  store?: () => Promise<'auto' | 'keychain' | 'file'>;
  /** The user's own word on a context; never a project file's. */
  secretCommand?: (context: string) => Promise<readonly string[] | undefined>;
  /** Undefined where nobody can be asked. */
  passphrase?: () => Promise<string | undefined>;
  debug?: (text: string) => void;
  protect?: (secret: string) => void;
  env?: NodeJS.ProcessEnv;
  /** Cost of guessing a passphrase, 2^n; age's own when left out. */
  workFactor?: number;
}

/**
 * Secrets of contexts: the context's secretCommand, the keychain, or a file. Each is bound to the
 * endpoint it was stored for. Writing methods are for step handlers only.
 */
export class SecretStore {
  readonly #directory: string;
  readonly #file: SecretFile;
  readonly #options: SecretStoreOptions;
  readonly #keychain: Keychain;
  readonly #env: NodeJS.ProcessEnv;
  #passphrase: Promise<string> | undefined;

  constructor(directory: string, options: SecretStoreOptions = {}) {
    this.#directory = directory;
    this.#file = new SecretFile(directory);
    this.#options = options;
    this.#env = options.env ?? process.env;
    this.#keychain = options.keychain ?? new SystemKeychain(this.#env);
  }

  /** @returns undefined when there is none for this context, or it was stored for another endpoint */
  async get(context: string, endpoint: string): Promise<FoundSecret | undefined> {
    const command = await this.#options.secretCommand?.(context);
    if (command) {
      return { secret: await runSecretCommand(context, command), source: 'secretCommand' };
    }
    const entry = this.#entry(context);
    if (entry?.endpoint !== endpoint) return undefined;
    if ('secret' in entry) return { secret: entry.secret, source: 'file' };
    if ('age' in entry) {
      const sealed = await open(context, entry.age, await this.#askPassphrase());
      const fits = sealed.context === context && sealed.endpoint === endpoint;
      return fits ? { secret: sealed.secret, source: 'encrypted file' } : undefined;
    }
    const secret = await this.#keychain.get(entry.keychain).catch((error: unknown) => {
      // Absent or locked is no reason to stop: the environment may have it.
      this.#options.debug?.(isPmxError(error) ? error.message : String(error));
      return undefined;
    });
    return secret === undefined ? undefined : { secret, source: 'keychain' };
  }

  /** Asks neither keychain nor passphrase. */
  async has(context: string): Promise<boolean> {
    return (
      this.#entry(context) !== undefined ||
      (await this.#options.secretCommand?.(context)) !== undefined
    );
  }

  /** @throws RequestError `PMX_INVALID_SECRET`; SurroundingsError `PMX_KEYCHAIN_UNAVAILABLE` */
  async set(context: string, endpoint: string, secret: string): Promise<void> {
    if (secret === '' || /[\u0000-\u001f\u007f]/.test(secret)) throw badSecret(context);
    const before = this.#entry(context);
    const entry = (await this.#intoKeychain(context, endpoint, secret)) ?? {
      endpoint,
      ...(this.#file.read().encrypted
        ? { age: await this.#seal(context, endpoint, secret) }
        : { secret }),
    };
    await this.#change((contexts) => ({ ...contexts, [context]: entry }));
    const same =
      'keychain' in entry && before && 'keychain' in before && before.keychain === entry.keychain;
    if (before && !same) await this.#forget(before);
  }

  async remove(context: string): Promise<void> {
    const entry = this.#entry(context);
    if (entry) await this.#forget(entry);
    if (entry) await this.#change(({ [context]: _, ...rest }) => rest);
  }

  /** Moves a context's secret to another name, or copies it. The endpoint stays what it was. */
  async transfer(from: string, to: string, keep: boolean): Promise<void> {
    const entry = this.#entry(from);
    if (!entry) return;
    const { endpoint } = entry;
    const command = this.#options.secretCommand && (await this.#options.secretCommand(from));
    const found = command ? undefined : await this.get(from, endpoint);
    if (found) await this.set(to, endpoint, found.secret);
    if (!keep) await this.remove(from);
  }

  /** Encrypts all that lies in the file, or writes it in the clear again. */
  async encrypt(encrypted: boolean): Promise<number> {
    const { contexts } = this.#file.read();
    const changed: Record<string, Entry> = {};
    for (const [name, entry] of Object.entries(contexts)) {
      if ('keychain' in entry || encrypted === 'age' in entry) continue;
      const { endpoint } = entry;
      const secret = 'secret' in entry ? entry.secret : (await this.get(name, endpoint))?.secret;
      if (secret === undefined) continue;
      changed[name] = encrypted
        ? { endpoint, age: await this.#seal(name, endpoint, secret) }
        : { endpoint, secret };
    }
    await this.#change((now) => ({ ...now, ...changed }), encrypted);
    return Object.keys(changed).length;
  }

  get isEncrypted(): boolean {
    return this.#file.read().encrypted;
  }

  /** Nothing stays in the keychain that no context refers to. */
  async #forget(entry: Entry): Promise<void> {
    if (!('keychain' in entry)) return;
    await this.#keychain.remove(entry.keychain).catch((error: unknown) => {
      this.#options.debug?.(isPmxError(error) ? error.message : String(error));
    });
  }

  #entry(context: string): Entry | undefined {
    const { contexts } = this.#file.read();
    return Object.hasOwn(contexts, context) ? contexts[context] : undefined;
  }

  async #intoKeychain(
    context: string,
    endpoint: string,
    secret: string,
  ): Promise<Entry | undefined> {
    const wanted = (await this.#options.store?.()) ?? 'file';
    // With PMX_HOME everything is below it, on this machine's keychain nothing.
    const possible = this.#keychain.likely() && !this.#env['PMX_HOME'];
    if (wanted === 'file' || (wanted === 'auto' && !possible)) return undefined;
    const account = `${context} ${endpoint} ${this.#directory}`;
    try {
      await this.#keychain.set(account, secret);
      // A keychain that loses what it was given is found out now rather than later.
      if ((await this.#keychain.get(account)) !== secret) throw keychainFailed('it kept nothing');
      return { endpoint, keychain: account };
    } catch (error) {
      if (wanted === 'keychain') throw error;
      this.#options.debug?.(isPmxError(error) ? error.message : String(error));
      return undefined;
    }
  }

  async #seal(context: string, endpoint: string, secret: string): Promise<string> {
    const passphrase = await this.#askPassphrase();
    return seal({ context, endpoint, secret }, passphrase, this.#options.workFactor);
  }

  #askPassphrase(): Promise<string> {
    return (this.#passphrase ??= (async () => {
      const given = this.#env['PMX_PASSPHRASE'] || (await this.#options.passphrase?.());
      if (!given) throw noPassphrase();
      this.#options.protect?.(given);
      return given;
    })());
  }

  async #change(
    change: (contexts: Record<string, Entry>) => Record<string, Entry>,
    encrypted?: boolean,
  ): Promise<void> {
    this.#file.read();
    await whileLocked(this.#file.path, async () => {
      const now = this.#file.read();
      this.#file.write({
        version: 2,
        encrypted: encrypted ?? now.encrypted,
        contexts: change(now.contexts),
      });
    });
  }
}
