import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { keychainFailed } from './errors.js';
import type { KeychainAnswer, KeychainRequest } from './keychain-helper.js';

const service = 'pmx';
/** Long enough for a person to unlock it, when there is one. */
const patience = { terminal: 60_000, script: 5000 };

export interface Keychain {
  /** Whether it is worth asking at all; costs no process. */
  likely(): boolean;
  probe(): Promise<void>;
  get(account: string): Promise<string | undefined>;
  set(account: string, secret: string): Promise<void>;
  remove(account: string): Promise<void>;
}

/** The keychain of the system, through keytar. @throws SurroundingsError `PMX_KEYCHAIN_UNAVAILABLE` */
export class SystemKeychain implements Keychain {
  readonly #env: NodeJS.ProcessEnv;
  readonly #timeout: number | undefined;
  readonly #helper: string;

  constructor(
    env: NodeJS.ProcessEnv = process.env,
    timeout?: number,
    helper = fileURLToPath(new URL('keychain-helper.js', import.meta.url)),
  ) {
    this.#env = env;
    this.#timeout = timeout;
    this.#helper = helper;
  }

  likely(): boolean {
    if (process.platform !== 'linux') return true;
    const { DBUS_SESSION_BUS_ADDRESS: bus, XDG_RUNTIME_DIR: runtime } = this.#env;
    return Boolean(bus) || (runtime !== undefined && existsSync(join(runtime, 'bus')));
  }

  async probe(): Promise<void> {
    await this.#ask({ action: 'probe', service, account: 'probe' });
  }

  async get(account: string): Promise<string | undefined> {
    return (await this.#ask({ action: 'get', service, account })).secret ?? undefined;
  }

  async set(account: string, secret: string): Promise<void> {
    await this.#ask({ action: 'set', service, account, secret });
  }

  async remove(account: string): Promise<void> {
    await this.#ask({ action: 'remove', service, account });
  }

  /** The secret goes through pipes: argv and environment can be read by others. */
  #ask(request: KeychainRequest): Promise<KeychainAnswer> {
    const timeout = this.#timeout ?? (process.stdin.isTTY ? patience.terminal : patience.script);
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [this.#helper], {
        env: this.#env,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(keychainFailed(`no answer within ${timeout / 1000} s, it is locked perhaps`));
      }, timeout);
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.on('error', (error) => {
        clearTimeout(timer);
        reject(keychainFailed(error.message));
      });
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        try {
          const answer = JSON.parse(output) as KeychainAnswer;
          if (answer.error === undefined) resolve(answer);
          else reject(keychainFailed(answer.error));
        } catch {
          reject(keychainFailed(`its helper ended with ${code ?? signal}`));
        }
      });
      child.stdin.on('error', () => undefined);
      child.stdin.end(JSON.stringify(request));
    });
  }
}
