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
  args: Record<string, KnownArg>;
  flags: Record<string, KnownFlag>;
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

/**
 * Commands of pmx and of its own plugins, from their manifests: without oclif, which takes several
 * times as long to load as a completion may take.
 */
export function readKnown(
  folders: readonly string[] = [root, join(root, 'plugins/sandbox')],
): Known {
  const known: Known = { commands: [], topics: {} };
  for (const folder of folders) {
    const manifest = read<{ commands?: Record<string, KnownCommand> }>(
      folder,
      'oclif.manifest.json',
    );
    known.commands.push(...Object.values(manifest?.commands ?? {}));
    Object.assign(known.topics, read<Package>(folder, 'package.json')?.oclif?.topics);
  }
  return known;
}

function read<T>(folder: string, name: string): T | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
  } catch {
    return undefined;
  }
}
