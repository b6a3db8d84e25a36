import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  type ContextRecord,
  type Contexts,
  type GlobalFlags,
  hostApiVersion,
  type Inventory,
  parseEndpoint,
  type Paths,
  type PmxHost,
  type PveReader,
  type Rehearsal,
  type Session,
} from '@pmx-cli/kit';

import type { PveClient } from './api/types.js';
import { type ResolvedConnection, resolveConnection } from './auth/resolve-connection.js';
import { SecretStore } from './auth/secret-store.js';
import { ContextStore } from './config/contexts.js';
import { resolvePaths } from './config/paths.js';
import { Interruption } from './interruption.js';
import { Redactor, TerminalOutput, TerminalPrompter, wantsColor } from './output/index.js';
import { LazyOperations } from './operations/lazy.js';
import { rehearsalOf } from './rehearsal.js';

/** Composition root: builds what a command may ask for, each part on first use. */
export function createHost(): PmxHost {
  const redactor = new Redactor();
  return {
    apiVersion: hostApiVersion,
    version: packageVersion(),
    open: (flags) => new HostSession(flags, redactor),
  };
}

function packageVersion(): string {
  const path = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

class HostSession implements Session {
  readonly output: TerminalOutput;
  readonly prompt: TerminalPrompter;
  readonly paths: Paths = resolvePaths();
  readonly contexts: Contexts;
  readonly operations: LazyOperations;
  readonly #flags: GlobalFlags;
  readonly #redactor: Redactor;
  readonly #contexts: ContextStore;
  readonly #secrets: SecretStore;
  readonly #interruption = new Interruption((text) => this.output.note(text));
  #connection: Promise<ResolvedConnection> | undefined;
  #reader: Promise<PveClient> | undefined;
  #writer: Promise<PveClient> | undefined;
  #inventory: Promise<Inventory> | undefined;

  constructor(flags: GlobalFlags, redactor: Redactor) {
    this.#flags = flags;
    this.#redactor = redactor;
    this.#contexts = new ContextStore(this.paths.config);
    this.#secrets = new SecretStore(this.paths.config);
    this.prompt = new TerminalPrompter(flags.json);
    this.output = new TerminalOutput({
      json: flags.json,
      debug: flags.debug,
      color: !flags['no-color'] && wantsColor(process.stdout),
      redact: (text) => redactor.redact(text),
      stdout: process.stdout,
      stderr: process.stderr,
    });
    this.contexts = {
      current: () => this.#contexts.current(),
      previous: () => this.#contexts.previous(),
      list: () => this.#contexts.list(),
      get: (name) => this.#contexts.get(name),
      hasSecret: async (name) => this.#secrets.has(name),
      secret: async (name) => this.#secrets.get(name, (await this.#contexts.get(name)).endpoint),
    };
    this.operations = new LazyOperations(() => this.#loadOperations());
  }

  get signal(): AbortSignal {
    return this.#interruption.signal;
  }

  /** Timers keep a process alive, pending promises do not. */
  async untilInterrupted(): Promise<void> {
    const keepAlive = setInterval(() => undefined, 2 ** 30);
    await this.#interruption.next();
    clearInterval(keepAlive);
  }

  pve(): Promise<PveReader> {
    return (this.#reader ??= this.#connect(this.#interruption.signal));
  }

  inventory(): Promise<Inventory> {
    return (this.#inventory ??= this.#createInventory());
  }

  async defaults(): Promise<Pick<ContextRecord, 'node' | 'storage' | 'bridge'>> {
    const { context } = await this.#resolved();
    return context === undefined ? {} : this.#contexts.get(context);
  }

  protect(secret: string): void {
    this.#redactor.protect(secret);
  }

  redact(text: string): string {
    return this.#redactor.redact(text);
  }

  rehearsal(): Rehearsal {
    return rehearsalOf(this);
  }

  async close(): Promise<void> {
    this.#interruption.dispose();
    for (const client of [this.#reader, this.#writer]) {
      await client?.then(
        (opened) => opened.close(),
        () => undefined,
      );
    }
  }

  #resolved(): Promise<ResolvedConnection> {
    return (this.#connection ??= resolveConnection(
      this.#flags.context,
      this.#contexts,
      this.#secrets,
      parseEndpoint,
    ));
  }

  async #connect(signal: AbortSignal): Promise<PveClient> {
    const { endpoint, credentials, trust } = await this.#resolved();
    this.protect(credentials.type === 'token' ? credentials.secret : credentials.password);
    if (trust.insecure) {
      this.output.warn(`The certificate of ${endpoint} is not verified (insecure).`);
    }
    const { createPveClient } = await import('./api/index.js');
    const seconds = this.#flags['request-timeout'];
    return createPveClient({
      endpoint,
      credentials,
      trust,
      signal,
      timeouts: seconds === undefined ? undefined : { response: seconds * 1000 },
      protect: (secret) => this.protect(secret),
      debug: (line) => this.output.debug(line),
    });
  }

  async #createInventory(): Promise<Inventory> {
    const [pve, { createInventory }] = await Promise.all([
      this.pve(),
      import('./inventory/index.js'),
    ]);
    return createInventory(pve);
  }

  /** Steps and their undo outlive the first Ctrl-C, so their client ends with the second one. */
  #engineClient(): Promise<PveClient> {
    return (this.#writer ??= this.#connect(this.#interruption.abandon));
  }

  async #loadOperations(): Promise<Session['operations']> {
    const [
      { OperationService },
      { stepHandlers },
      { sleep },
      { dryRunWarnings },
      { createProgress },
    ] = await Promise.all([
      import('./operations/engine/index.js'),
      import('./operations/engine/handlers/index.js'),
      import('./operations/engine/retry.js'),
      import('./operations/preflight/index.js'),
      import('./progress/index.js'),
    ]);
    const animated = process.stderr.isTTY === true && !process.env['CI'] && !this.#flags.debug;
    return new OperationService({
      directory: join(this.paths.state, 'operations'),
      handlers: stepHandlers,
      ports: {
        pve: () => this.#engineClient(),
        contexts: this.#contexts,
        secrets: this.#secrets,
        sleep,
      },
      context: async () => (await this.#resolved()).context,
      endpoint: async () => (await this.#resolved()).endpoint,
      identity: async () => (await this.#engineClient()).identity(),
      signal: this.#interruption.signal,
      abandon: this.#interruption.abandon,
      redact: (text) => this.redact(text),
      output: this.output,
      progress: (quiet) =>
        createProgress(
          quiet || this.#flags.json ? 'silent' : animated ? 'terminal' : 'plain',
          this.output,
        ),
      check: async (plan) =>
        plan.local ? [] : dryRunWarnings(plan, await this.pve(), this.paths.cache),
    });
  }
}
