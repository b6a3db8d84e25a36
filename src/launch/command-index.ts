import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What the manifests say, cut into what every start needs and what only one command needs: the
 * manifests together take longer to read than pmx has for its start. Written with each build.
 */
export interface CommandIndex {
  plugins: IndexedPlugin[];
}

export interface IndexedPlugin {
  name: string;
  /** Seen from the root of pmx. */
  root: string;
  commands: IndexEntry[];
}

export interface IndexEntry {
  id: string;
  summary?: string;
  hidden?: boolean;
  strict: boolean;
  aliases?: string[];
  hiddenAliases?: string[];
  hasDynamicHelp?: boolean;
  /** Has arguments: what follows its name need not be part of a name. */
  takesWords?: boolean;
  isESM: boolean;
  relativePath: string[];
}

/** The rest of a manifest's entry. */
export type CommandDetails = Record<string, unknown>;

export const packageRoot = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(packageRoot, 'dist', 'launch');

export function readIndex(): CommandIndex {
  return readJson<CommandIndex>(join(folder, 'index.json'));
}

export function readDetails(id: string): CommandDetails {
  return readJson<CommandDetails>(join(folder, 'commands', `${id.replaceAll(':', '.')}.json`));
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
