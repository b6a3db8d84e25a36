import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { RequestError } from '../errors/index.js';
import { isMachineFormat, parseOutputFormat } from '../format/index.js';
import type {
  ContextDefaults,
  ContextRecord,
  Contexts,
  Controllers,
  GlobalFlags,
  Prompter,
  Rehearsal,
  Session,
  Settings,
  SettingValues,
} from '../host/index.js';
import { type Answers, FakePrompter } from './fake-prompter.js';
import { FakeAccess, type FakeServer } from './fake-access.js';
import { FakeInventory, type FakeStock } from './fake-inventory.js';
import { FakeLogger } from './fake-logger.js';
import { FakeOperations, type FakeOperationsOptions } from './fake-operations.js';
import { FakeOutput } from './fake-output.js';
import { FakeReader, type FakeRoutes } from './fake-reader.js';
import type { Recording } from './recording.js';

export interface FakeSessionOptions extends FakeOperationsOptions {
  routes: FakeRoutes;
  stock: FakeStock;
  contexts: Readonly<Record<string, ContextRecord>>;
  settings: Partial<SettingValues>;
  pluginSettings: PluginValues;
  canPrompt: boolean;
  answers: Answers;
  signal: AbortSignal;
  servers: Readonly<Record<string, FakeServer>>;
}

/** `hello.greeting` → its value. */
export type PluginValues = Readonly<Record<string, string | number | boolean | string[]>>;

/** One run of a command against the fake host. */
export class FakeSession implements Session {
  readonly requestId = 'fake-request';
  readonly log: FakeLogger;
  readonly output: FakeOutput;
  readonly prompt: Prompter;
  readonly contexts: Contexts;
  readonly settings: Settings;
  readonly operations: FakeOperations;
  readonly access: FakeAccess;
  readonly controllers: Controllers = noControllers;
  readonly signal: AbortSignal;
  /** Below the system's folder for temporary files; not created. */
  readonly paths = Object.fromEntries(
    ['config', 'data', 'state', 'cache'].map((kind) => [kind, join(tmpdir(), 'pmx-fake', kind)]),
  ) as unknown as Session['paths'];
  readonly #options: FakeSessionOptions;
  readonly #recording: Recording;
  readonly #context: string | undefined;
  readonly #secrets = new Set<string>();

  constructor(flags: GlobalFlags, options: FakeSessionOptions, recording: Recording) {
    this.#options = options;
    this.#recording = recording;
    this.signal = options.signal;
    this.log = new FakeLogger(flags.log, (text) => this.output.problem(text));
    const format = flags.format ?? parseOutputFormat(options.settings.output ?? 'table');
    this.output = new FakeOutput(format, (text) => this.redact(text), recording);
    this.prompt = new FakePrompter(
      options.canPrompt &&
        !isMachineFormat(format) &&
        !(flags['no-input'] || options.settings.noInput),
      options.answers,
      recording,
    );
    this.operations = new FakeOperations(options, recording);
    this.contexts = fakeContexts(options.contexts);
    this.settings = fakeSettings(options.settings, options.pluginSettings);
    this.#context = flags.context ?? Object.keys(options.contexts)[0];
    this.access = new FakeAccess(options.servers, recording, {
      context: async () => this.#context,
      record: (name) => this.contexts.get(name),
      reader: () => this.pve(),
    });
    recording.opened++;
  }

  async ready(): Promise<void> {}

  async untilInterrupted(): Promise<void> {}

  lendTerminal<T>(use: () => Promise<T>): Promise<T> {
    return use();
  }

  async pve(): Promise<FakeReader> {
    return new FakeReader(this.#options.routes, this.#recording);
  }

  async inventory(): Promise<FakeInventory> {
    return new FakeInventory(this.#options.stock);
  }

  async defaults(): Promise<ContextDefaults> {
    return this.#context === undefined ? {} : this.contexts.get(this.#context);
  }

  protect(secret: string): void {
    if (secret !== '') this.#secrets.add(secret);
  }

  redact(text: string): string {
    const longestFirst = [...this.#secrets].sort((a, b) => b.length - a.length);
    return longestFirst.reduce((result, secret) => result.replaceAll(secret, '[secret]'), text);
  }

  /** Reads are those of the whole session. */
  rehearsal(): Rehearsal {
    return { session: this, reads: this.#recording.requests };
  }

  async close(): Promise<void> {
    this.#recording.closed++;
  }
}

/** Commands that log in to controllers are tested against the sandbox's. */
const noControllers: Controllers = {
  words: () => undefined,
  open: async ({ host }) => {
    throw new RequestError({
      code: 'PMX_NO_SECRET',
      message: `Nobody said how to log in to ${host}.`,
    });
  },
};

/** The first one is the current one. */
function fakeContexts(records: Readonly<Record<string, ContextRecord>>): Contexts {
  const names = Object.keys(records);
  return {
    current: async () => names[0],
    previous: async () => names[1],
    list: async () => structuredClone({ ...records }),
    async get(name) {
      const record = Object.hasOwn(records, name) ? records[name] : undefined;
      if (record) return structuredClone(record);
      throw new RequestError({
        code: 'PMX_CONTEXT_NOT_FOUND',
        message: `There is no context '${name}'.`,
        hints: [`There are: ${names.join(', ') || 'none'}.`],
      });
    },
    hasSecret: async (name) => Object.hasOwn(records, name),
    secret: async (name) => (Object.hasOwn(records, name) ? `secret of ${name}` : undefined),
  };
}

function fakeSettings(given: Partial<SettingValues>, plugins: PluginValues): Settings {
  const usual = {
    output: 'table',
    color: 'auto',
    logFormat: 'text',
    audit: true,
    confirm: 'destructive',
    cache: true,
    secretStore: 'auto',
    pluginPrograms: true,
  } as const;
  const values = { ...usual, ...given } as SettingValues;
  return {
    get: async (key) => values[key],
    ofPlugin: async (plugin, key, declared) => plugins[`${plugin}.${key}`] ?? declared?.default,
    origin: async (key) => ({ layer: key in given ? 'user' : 'default' }),
  };
}
