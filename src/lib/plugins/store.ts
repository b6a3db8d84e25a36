import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A plugin as `oclif.plugins` of the store's package.json has it (the form of plugin-plugins). */
export interface StoredPlugin {
  name: string;
  type: 'user' | 'link';
  /** Of a linked one: its folder. */
  root?: string;
  /** Of an installed one: the package in the store. */
  url?: string;
}

/** What pmx notes about a plugin beside that. */
export interface PluginNote {
  /** As it was asked for: `name@tag`, a file, a URL. `pmx plugins update` asks for it again. */
  source: string;
  version: string;
  /** Of the package that was shown and confirmed, as npm writes it. */
  integrity?: string;
  /** Its install scripts were allowed. */
  scripts?: boolean;
  installedAt: string;
}

export interface PluginStore {
  folder: string;
  plugins: StoredPlugin[];
  notes: Record<string, PluginNote>;
  /** Operations that made it as it is, the last one last. */
  operations: string[];
}

interface StoreFile {
  oclif?: { plugins?: Array<StoredPlugin | string> };
  pmx?: { plugins?: Record<string, PluginNote>; operations?: string[] };
}

/** Where everything about plugins is: a folder that npm understands. */
export function storeFolder(data: string): string {
  return join(data, 'plugins');
}

/** The plugins before the last change, kept for `pmx undo`. */
export function folderBefore(folder: string): string {
  return `${folder}.before`;
}

/**
 * Undefined when no plugin is installed; reads one small file. Where a change was killed between the two
 * renames at its end, that is what was before it.
 */
export function readStore(folder: string): PluginStore | undefined {
  return readAt(folder) ?? readAt(folderBefore(folder));
}

function readAt(folder: string): PluginStore | undefined {
  let file: StoreFile;
  try {
    file = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as StoreFile;
  } catch {
    return undefined;
  }
  const plugins = (file.oclif?.plugins ?? []).map((plugin) =>
    typeof plugin === 'string' ? { name: plugin, type: 'user' as const } : plugin,
  );
  return {
    folder,
    plugins,
    notes: file.pmx?.plugins ?? {},
    operations: file.pmx?.operations ?? [],
  };
}

/** The folder of the plugin's own files. */
export function rootOf(folder: string, { name, root }: StoredPlugin): string {
  return root ?? join(folder, 'node_modules', name);
}

/** Where a manifest is kept for a plugin that brings none, or whose files change under it. */
export function manifestPath(folder: string, name: string): string {
  return join(folder, 'manifests', `${name.replaceAll('/', '+')}.json`);
}
