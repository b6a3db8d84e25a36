import { fileURLToPath } from 'node:url';

import { type Command, Config, type Interfaces } from '@oclif/core';

import type { PmxHook, PmxHookName } from '../hooks/index.js';
import { registerHost } from '../host/index.js';
import type { Plan } from '../plan/index.js';
import { createFakeHost, type FakeHost } from './fake-host.js';
import type { Recording } from './recording.js';

/** A class derived from oclif's `Command`. */
export type CommandClass = (new (argv: string[], config: Config) => Command) &
  Pick<typeof Command, 'run'>;

export interface CommandRun {
  stdout: string;
  stderr: string;
  /** The document of `--json`; undefined without one. */
  json: unknown;
  exitCode: number;
  /** Plans that were carried out, in the order they were begun. */
  plans: Plan[];
  recording: Recording;
}

export interface RunCommandOptions {
  /** An empty one when left out. */
  host?: FakeHost;
  /** The only `PMX_…` and `PVE_…` variables that the command sees. */
  env?: Readonly<Record<string, string>>;
  /** Hooks of the plugin under test: `{ 'pmx:plan': myHook }`. Without them none is called. */
  hooks?: FakeHooks;
}

export type FakeHooks = { readonly [E in PmxHookName]?: PmxHook<E> };

/**
 * Runs a command class in this process, as `pmx` would after finding it. The host, the exit code and
 * the environment are put back afterwards; they belong to the process, so run one at a time.
 */
export async function runCommand(
  command: CommandClass,
  argv: readonly string[] = [],
  { host = createFakeHost(), env = {}, hooks = {} }: RunCommandOptions = {},
): Promise<CommandRun> {
  const { recording } = host;
  const before = { exitCode: process.exitCode, host: registerHost(host), env: pmxEnvironment() };
  replacePmxEnvironment(env);
  process.exitCode = undefined;
  const restoreHooks = replaceHooks(hooks);
  try {
    await command.run([...argv], await loadConfig());
    return {
      stdout: lines(recording.stdout),
      stderr: lines(recording.stderr),
      json: recording.documents.at(-1),
      exitCode: Number(process.exitCode ?? 0),
      plans: recording.runs.map(({ plan }) => plan),
      recording,
    };
  } finally {
    restoreHooks();
    process.exitCode = before.exitCode;
    registerHost(before.host);
    replacePmxEnvironment(before.env);
  }
}

/** oclif's settings as in pmx itself, without any command of it. */
function loadConfig(): Promise<Config> {
  const pjson = {
    name: 'pmx-cli',
    version: '0.0.0',
    oclif: { bin: 'pmx', dirname: 'pmx', topicSeparator: ' ' },
  } as Interfaces.PJSON;
  const root = fileURLToPath(new URL('../..', import.meta.url));
  return Config.load({ root, pjson, userPlugins: false });
}

type RunHook = Config['runHook'];

/** oclif makes a command's Config anew, so it is the class that is told; @returns what puts it back */
function replaceHooks(hooks: FakeHooks): () => void {
  const { prototype } = Config;
  const before = prototype.runHook;
  const replaced = async function (
    this: Config,
    event: string,
    options: unknown,
  ): Promise<{ successes: unknown[]; failures: unknown[] }> {
    const hook = Object.hasOwn(hooks, event) ? hooks[event as PmxHookName] : undefined;
    if (!hook) return { successes: [], failures: [] };
    const plugin = [...this.plugins.values()][0];
    try {
      const result = await (hook as (given: unknown) => Promise<unknown>)(options);
      return { successes: [{ plugin, result }], failures: [] };
    } catch (error) {
      return { successes: [], failures: [{ plugin, error }] };
    }
  };
  prototype.runHook = replaced as RunHook;
  return () => void (prototype.runHook = before);
}

function pmxEnvironment(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => /^(PMX|PVE)_/.test(name));
  return Object.fromEntries(own) as Record<string, string>;
}

function replacePmxEnvironment(env: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(pmxEnvironment())) delete process.env[name];
  Object.assign(process.env, env);
}

function lines(parts: readonly string[]): string {
  return parts.map((part) => `${part}\n`).join('');
}
