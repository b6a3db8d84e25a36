import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What completion needs of a command, as oclif's manifest has it. */
export interface KnownCommand {
  id: string;
  aliases?: string[];
  hiddenAliases?: string[];
  hidden?: boolean;
  strict?: boolean;
  summary?: string;
  /** Of whom it is, when it is not pmx's own. */
  plugin?: KnownPlugin;
  args: Record<string, KnownArg>;
  flags: Record<string, KnownFlag>;
}

/** A plugin that knows values by itself. */
export interface KnownPlugin {
  /** Its short name. */
  name: string;
  /** Names of arguments, and of flags' placeholders in small letters. */
  completions: readonly string[];
}

export interface KnownArg {
  name: string;
  options?: string[];
}

export interface KnownFlag {
  name: string;
  type: 'boolean' | 'option';
  char?: string;
  aliases?: string[];
  description?: string;
  helpValue?: string;
  options?: string[];
  multiple?: boolean;
  allowNo?: boolean;
  hidden?: boolean;
}

export interface Known {
  commands: KnownCommand[];
  topics: Record<string, { description?: string }>;
}

interface Package {
  oclif?: { topics?: Known['topics'] };
}

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** `dist/completion.json`, which the build writes: `flags` has each flag once. */
interface Index {
  topics: Known['topics'];
  flags: KnownFlag[];
  commands: Array<Omit<KnownCommand, 'args' | 'flags'> & { args: KnownArg[]; flags: number[] }>;
}

const byName = <Named extends { name: string }>(items: readonly Named[]): Record<string, Named> =>
  Object.fromEntries(items.map((item) => [item.name, item]));

/**
 * Commands of pmx and of its own plugins, without oclif and its manifests, which take several times
 * as long to load as a completion may take.
 */
export function readKnown(folder: string = join(root, 'dist')): Known {
  const index = read<Index>(folder, 'completion.json') ?? { topics: {}, flags: [], commands: [] };
  const commands = index.commands.map((command): KnownCommand => ({
    ...command,
    args: byName(command.args),
    flags: byName(command.flags.map((at) => index.flags[at]!)),
  }));
  return { commands, topics: index.topics };
}

/** The same of one package, from its manifest, with everything that oclif knows. */
export function readManifest(folder: string): Known {
  const manifest = read<{ commands?: Record<string, KnownCommand> }>(folder, 'oclif.manifest.json');
  const { oclif } = read<Package>(folder, 'package.json') ?? {};
  return { commands: Object.values(manifest?.commands ?? {}), topics: oclif?.topics ?? {} };
}

function read<T>(folder: string, name: string): T | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
  } catch {
    return undefined;
  }
}
