import {
  type ContextRecord,
  hostApiVersion,
  type PmxHost,
  type SettingValues,
} from '../host/index.js';
import type { Json } from '../plan/index.js';
import type { Guest, Node, Storage } from '../pve/index.js';
import type { Answers } from './fake-prompter.js';
import type { FakeServer } from './fake-access.js';
import type { FakeRun } from './fake-operations.js';
import type { FakeRoutes } from './fake-reader.js';
import { FakeSession, type PluginValues } from './fake-session.js';
import { newRecording, type Recording } from './recording.js';

/** A guest of which only the id must be given; the rest is a stopped VM on pve1. */
export type FakeGuest = Partial<Guest> & { vmid: number };

export interface FakeHostOptions {
  /** API path → what a GET of it answers, a value or a function of the query. */
  pve?: FakeRoutes;
  guests?: readonly FakeGuest[];
  /** One node, pve1, when left out. */
  nodes?: ReadonlyArray<Partial<Node> & { node: string }>;
  storages?: ReadonlyArray<Partial<Storage> & { storage: string }>;
  /** The first one is the current one. */
  contexts?: Readonly<Record<string, ContextRecord>>;
  /** Endpoint → the server there, for commands that get in; others cannot be reached. */
  servers?: Readonly<Record<string, FakeServer>>;
  /** Settings that differ from their defaults. */
  settings?: Partial<SettingValues>;
  /** Settings of plugins: `{ 'hello.greeting': 'Hi' }`. */
  pluginSettings?: PluginValues;
  /** Whether there is a terminal to ask at; true as soon as there are answers. */
  canPrompt?: boolean;
  answers?: Answers;
  /** Stands in for the engine; without it a plan's `result` comes back, references replaced. */
  run?: FakeRun;
  /** Values of variables that only steps bind, for the plans' results. */
  variables?: Readonly<Record<string, Json>>;
  /** What checking a plan against the server's API description finds. */
  problems?: readonly string[];
  /** Aborted stands for Ctrl-C. */
  signal?: AbortSignal;
}

export interface FakeHost extends PmxHost {
  readonly recording: Recording;
}

/** A pmx without server, files and terminal, which records what a command does with it. */
export function createFakeHost(options: FakeHostOptions = {}): FakeHost {
  const recording = newRecording();
  const { answers = [], run, variables, problems } = options;
  return {
    apiVersion: hostApiVersion,
    version: '0.0.0-fake',
    recording,
    open: (flags) =>
      new FakeSession(
        flags,
        {
          run,
          variables,
          problems,
          answers,
          canPrompt: options.canPrompt ?? answers.length > 0,
          routes: options.pve ?? {},
          contexts: options.contexts ?? {},
          servers: options.servers ?? {},
          settings: options.settings ?? {},
          pluginSettings: options.pluginSettings ?? {},
          signal: options.signal ?? new AbortController().signal,
          stock: {
            guests: (options.guests ?? []).map(wholeGuest),
            nodes: (options.nodes ?? [{ node: 'pve1' }]).map((node) => ({
              status: 'online',
              ...node,
            })),
            storages: (options.storages ?? []).map(wholeStorage),
          },
        },
        recording,
      ),
  };
}

function wholeGuest(guest: FakeGuest): Guest {
  return {
    type: 'qemu',
    name: `vm-${guest.vmid}`,
    node: 'pve1',
    status: 'stopped',
    template: false,
    tags: [],
    ...guest,
  };
}

function wholeStorage(storage: Partial<Storage> & { storage: string }): Storage {
  return { node: 'pve1', type: 'dir', content: [], shared: false, active: true, ...storage };
}
