import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  type Access,
  type ContextDefaults,
  type ContextRecord,
  type Contexts,
  type Controllers,
  type GlobalFlags,
  hostApiVersion,
  type Inventory,
  parseEndpoint,
  parseOutputFormat,
  type Paths,
  type PmxHost,
  type PveReader,
  type Rehearsal,
  type Session,
} from '@pmx-cli/kit';

import { HostAccess } from './access/host-access.js';
import { ReachabilityFile } from './access/reachability.js';
import { timeoutsOf } from './access/timeouts.js';
import type { PveClient } from './api/types.js';
import type { Audit } from './audit/index.js';
import { ControllerLogins } from './auth/controller-credentials.js';
import { secretOf } from './auth/credentials.js';
import {
  hostFromEnv,
  type ResolvedConnection,
  resolveConnection,
} from './auth/resolve-connection.js';
import { SecretStore } from './auth/secret-store.js';
import { Configuration } from './config/configuration.js';
import { ContextStore } from './config/contexts.js';
import { contextDefaults } from './config/defaults.js';
import { resolvePaths, workingFolder } from './config/paths.js';
import { ConfigWriter } from './config/write/writer.js';
import { Interruption } from './interruption.js';
import { LineLogger } from './logging/logger.js';
import { newRequestId } from './logging/request-id.js';
import {
  canRedraw,
  redacted,
  Redactor,
  TerminalOutput,
  TerminalPrompter,
  wantsColor,
} from './output/index.js';
import type { ControllerPool } from './operations/idrac/controllers.js';
import { LazyControllers } from './operations/idrac/lazy-controllers.js';
import { LazyOperations } from './operations/lazy.js';
import { aborted } from './output/closing.js';
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

/** `pmx config …` says itself what is wrong with the configuration. */
function isAboutConfiguration({ command }: GlobalFlags): boolean {
  return command !== undefined && /^config\b/.test(command);
}

function onlyTerm(): NodeJS.ProcessEnv {
  return { TERM: process.env['TERM'] };
}

function packageVersion(): string {
  const path = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

class HostSession implements Session {
  readonly requestId = newRequestId();
  readonly log: LineLogger;
  readonly output: TerminalOutput;
  readonly prompt: TerminalPrompter;
  readonly paths: Paths = resolvePaths();
  readonly contexts: Contexts;
  readonly settings: Configuration;
  readonly operations: LazyOperations;
  readonly access: Access;
  readonly controllers: Controllers;
  readonly #flags: GlobalFlags;
  readonly #redactor: Redactor;
  readonly #contexts: ContextStore;
  readonly #secrets: SecretStore;
  readonly #controllers = new LazyControllers(() => this.#loadControllers());
  readonly #interruption = new Interruption((text) => this.output.note(text));
  #connection: Promise<ResolvedConnection> | undefined;
  #reader: Promise<PveClient> | undefined;
  #writer: Promise<PveClient> | undefined;
  #inventory: Promise<Inventory> | undefined;
  #settled: Promise<void> | undefined;
  /** Talks to a server that was logged in to just now, not to that of a context. */
  #entered = false;
  #warnedInsecure = false;
  /** Nothing may be asked. */
  #mute: boolean;
  readonly #notices = new Set<string>();

  constructor(flags: GlobalFlags, redactor: Redactor) {
    this.#flags = flags;
    this.#redactor = redactor;
    this.settings = new Configuration({
      directory: this.paths.config,
      cwd: workingFolder(),
      system: true,
      cache: this.paths.cache,
      flags: {
        context: flags.context,
        output: flags.format?.type,
        'no-color': flags['no-color'],
        'no-input': flags['no-input'] || undefined,
        'request-timeout': flags['request-timeout'],
        'log-level': flags.log.level,
        'log-file': flags.log.file,
        'log-format': flags.log.format,
      },
      warn: (text) => {
        if (!isAboutConfiguration(flags)) this.output.warn(text);
      },
    });
    this.#contexts = new ContextStore(this.paths.config, this.settings);
    this.#secrets = new SecretStore(this.paths.config, {
      store: () => this.settings.get('secretStore'),
      secretCommand: (name) => this.#contexts.secretCommand(name),
      passphrase: async () =>
        this.prompt.possible ? this.prompt.secret('Passphrase of the stored secrets') : undefined,
      debug: (text) => this.log.debug(text),
      protect: (secret) => this.protect(secret),
    });
    this.#mute = flags['no-input'] === true;
    this.prompt = new TerminalPrompter(() => this.#mute || this.output.machine);
    this.output = new TerminalOutput({
      format: flags.format ?? { type: 'table' },
      color: !flags['no-color'] && wantsColor(process.stdout),
      redact: (text, isResult) => redactor.redact(text, isResult),
      stdout: process.stdout,
      stderr: process.stderr,
      whilePaging: (show) => this.#interruption.lendTerminal(show),
    });
    this.log = new LineLogger({
      ...flags.log,
      requestId: this.requestId,
      redact: (text) => redactor.redact(text),
      stderr: (line) => this.output.logLine(line),
    });
    this.contexts = {
      current: () => this.#contexts.current(),
      previous: () => this.#contexts.previous(),
      list: () => this.#contexts.list(),
      get: (name) => this.#contexts.get(name),
      hasSecret: (name) => this.#secrets.has(name),
      secret: async (name) =>
        (await this.#secrets.get(name, (await this.#contexts.get(name)).endpoint))?.secret,
    };
    this.operations = new LazyOperations(
      () => this.#loadOperations(),
      (operation) => this.#interruption.during(operation),
    );
    this.controllers = this.#controllers;
    this.access = new HostAccess({
      resolved: () => this.#resolved(),
      replace: async (connection) => {
        await this.#closeClients();
        this.#entered = true;
        this.#connection = Promise.resolve(connection);
        return this.pve();
      },
      client: async () => (await this.pve()) as PveClient,
      signal: this.#interruption.signal,
      timeouts: () => this.#timeouts(),
      protect: (secret) => this.protect(secret),
      debug: (line) => this.log.debug(line),
    });
  }

  get signal(): AbortSignal {
    return this.#interruption.signal;
  }

  ready(): Promise<void> {
    return (this.#settled ??= this.#settle());
  }

  /** The one place where output, log and colour take what the flags left out from the settings. */
  async #settle(): Promise<void> {
    const { settings } = this;
    const { format, log, 'no-color': plain } = this.#flags;
    try {
      const color = await settings.get('color');
      const origin = await settings.origin('color');
      const level = log.level ?? (await settings.get('logLevel'));
      const file = log.file ?? (await settings.get('logFile'));
      this.#mute = await settings.get('noInput');
      this.output.looks = {
        format: format ?? parseOutputFormat(await settings.get('output')),
        // PMX_COLOR is for pmx alone, NO_COLOR and the like for every program.
        color:
          !plain &&
          wantsColor(process.stdout, origin.layer === 'env' ? onlyTerm() : process.env, color),
        pager: await settings.get('pager'),
      };
      this.log.settings = {
        format: log.format ?? (await settings.get('logFormat')),
        ...(level !== undefined && { level }),
        ...(file !== undefined && { file }),
      };
    } catch (error) {
      // With them one mends what is wrong.
      if (!isAboutConfiguration(this.#flags)) throw error;
    }
  }

  async #timeouts(): Promise<ReturnType<typeof timeoutsOf>> {
    return timeoutsOf(await this.settings.get('requestTimeout'));
  }

  /** Timers keep a process alive, pending promises do not. */
  async untilInterrupted(): Promise<void> {
    const keepAlive = setInterval(() => undefined, 2 ** 30);
    await Promise.race([this.#interruption.next(), aborted(this.output.closed)]);
    clearInterval(keepAlive);
  }

  lendTerminal<T>(use: () => Promise<T>): Promise<T> {
    return this.#interruption.lendTerminal(use);
  }

  pve(): Promise<PveReader> {
    return (this.#reader ??= this.#connect(this.#interruption.signal));
  }

  inventory(): Promise<Inventory> {
    return (this.#inventory ??= this.#createInventory());
  }

  async defaults(): Promise<ContextDefaults> {
    return contextDefaults(this.settings, await this.#contextInUse());
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
    await this.#controllers.close();
    this.#interruption.dispose();
    await this.#closeClients();
  }

  async #closeClients(): Promise<void> {
    for (const client of [this.#reader, this.#writer]) {
      await client?.then(
        (opened) => opened.close(),
        () => undefined,
      );
    }
    this.#reader = this.#writer = this.#inventory = undefined;
  }

  async #loadControllers(): Promise<ControllerPool> {
    const { ControllerPool } = await import('./operations/idrac/controllers.js');
    return new ControllerPool({
      paths: this.paths,
      logins: new ControllerLogins({
        settings: this.settings,
        secrets: this.#secrets,
        prompt: this.prompt,
        protect: (secret) => this.protect(secret),
      }),
      signal: this.#interruption.signal,
      debug: (line) => this.log.debug(line),
      warn: (text) => this.output.warn(text),
    });
  }

  /** Without looking for its secret. */
  async #contextInUse(): Promise<ContextRecord | undefined> {
    const name =
      this.#flags.context ?? (hostFromEnv() ? undefined : await this.#contexts.current());
    return name === undefined ? undefined : this.#contexts.get(name);
  }

  #resolved(): Promise<ResolvedConnection> {
    return (this.#connection ??= resolveConnection(
      this.#flags.context,
      this.#contexts,
      this.#secrets,
      parseEndpoint,
      process.env,
      async (user) =>
        this.prompt.possible ? this.prompt.secret(`Password of ${user}`) : undefined,
    ));
  }

  async #connect(signal: AbortSignal): Promise<PveClient> {
    const { endpoint, alternatives, proxy, headers, credentials, trust } = await this.#resolved();
    this.protect(secretOf(credentials));
    if (trust.insecure && !this.#warnedInsecure) {
      this.#warnedInsecure = true;
      this.output.warn(`The certificate of ${endpoint} is not verified (insecure).`);
    }
    const { createPveClient } = await import('./api/index.js');
    return createPveClient({
      endpoint,
      ...(alternatives && {
        alternatives,
        reachability: new ReachabilityFile(this.paths.cache),
        notice: (text) => this.#noticeOnce(text),
      }),
      ...(proxy !== undefined && { proxy }),
      ...(headers && { headers }),
      credentials,
      trust,
      signal,
      timeouts: await this.#timeouts(),
      protect: (secret) => this.protect(secret),
      debug: (line) => this.log.debug(line),
      answered: (fields) => this.log.trace('answered', fields),
    });
  }

  /** Reader and writer find a dead endpoint each for itself. */
  #noticeOnce(text: string): void {
    if (this.#notices.has(text)) return;
    this.#notices.add(text);
    this.output.warn(text);
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

  async #auditedClient(audit: Audit): Promise<PveClient> {
    const [client, { endpoint }] = await Promise.all([this.#engineClient(), this.#resolved()]);
    const { auditedClient } = await import('./audit/index.js');
    return auditedClient(client, audit, endpoint);
  }

  async #openAudit(): Promise<Audit> {
    const { openAudit } = await import('./audit/index.js');
    return openAudit({
      directory: join(this.paths.state, 'audit'),
      command: this.#flags.command ?? '',
      requestId: this.requestId,
      redact: (value) => redacted(value, (text) => this.redact(text)) as typeof value,
      warn: (text) => this.output.warn(text),
      ...(await this.#auditSettings()),
    });
  }

  async #auditSettings(): Promise<{ enabled: boolean; syslog?: string | undefined }> {
    try {
      return {
        enabled: await this.settings.get('audit'),
        syslog: await this.settings.get('auditSyslog'),
      };
    } catch (error) {
      if (isAboutConfiguration(this.#flags)) return { enabled: true };
      throw error;
    }
  }

  async #loadOperations(): Promise<Session['operations']> {
    const [
      { setV8Flags },
      { OperationService },
      { stepHandlers },
      { sleep },
      { dryRunWarnings },
      { createProgress },
    ] = await Promise.all([
      import('../launch/v8-flags.js'),
      import('./operations/engine/index.js'),
      import('./operations/engine/handlers/index.js'),
      import('./operations/engine/retry.js'),
      import('./operations/preflight/index.js'),
      import('./progress/index.js'),
    ]);
    // What lives in a bulk of hundreds is as little as in one change; V8 would let its young generation
    // grow with the traffic all the same and keep it (bench/FIGURES.md).
    setV8Flags('--semi-space-growth-factor=1');
    const audit = await this.#openAudit();
    const animated = canRedraw(process.stderr) && !process.env['CI'] && !this.log.onStderr;
    return new OperationService({
      directory: join(this.paths.state, 'operations'),
      handlers: stepHandlers,
      ports: {
        pve: () => this.#auditedClient(audit),
        contexts: this.#contexts,
        secrets: this.#secrets,
        controllers: this.#controllers,
        config: new ConfigWriter(this.paths.config),
        journals: join(this.paths.state, 'operations'),
        images: async () => {
          const { cacheLimit, ImageCache } = await import('./operations/engine/image-cache.js');
          const limit = cacheLimit(await this.settings.get('imageCache'));
          return new ImageCache(join(this.paths.cache, 'images'), limit);
        },
        sleep,
        lendTerminal: (use) => this.#interruption.lendTerminal(use),
      },
      context: async () => (await this.#resolved()).context,
      readOnly: async () => !this.#entered && (await this.#contextInUse())?.readOnly === true,
      endpoint: async () => (await this.#resolved()).endpoint,
      identity: async () => (await this.#engineClient()).identity(),
      signal: this.#interruption.signal,
      abandon: this.#interruption.abandon,
      redact: (text) => this.redact(text),
      protect: (secret) => this.protect(secret),
      disclose: (secret) => this.#redactor.disclose(secret),
      output: this.output,
      audit,
      progress: (quiet) =>
        createProgress(
          quiet || this.output.machine ? 'silent' : animated ? 'terminal' : 'plain',
          this.output,
        ),
      check: async (plan) =>
        plan.local ? [] : dryRunWarnings(plan, await this.pve(), this.paths.cache),
    });
  }
}
