import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { PluginPackage } from './package-file.js';
import { manifestPath, rootOf, type StoredPlugin } from './store.js';

/** oclif's manifest, and what pmx notes beside it. */
export interface PluginManifest {
  version: string;
  commands: Record<string, { id: string; hidden?: boolean; summary?: string }>;
  /** Commands that could not be loaded, and why. */
  broken?: Record<string, string>;
  /** State of the files that it was made from. */
  stamp?: string;
}

export interface FoundManifest {
  manifest: PluginManifest;
  /** It had to be made just now. */
  made: boolean;
}

/**
 * The manifest of a plugin: its own, or one that pmx makes and keeps. Without one, oclif would load
 * every command of the plugin at every start.
 * @throws Error when there is none and it cannot be made
 */
export async function manifestOf(
  folder: string,
  plugin: StoredPlugin,
  pack: PluginPackage,
): Promise<FoundManifest> {
  const known = readManifest(folder, plugin, pack);
  if (known) return { manifest: known, made: false };
  const { makeManifest } = await import('./make-manifest.js');
  const root = rootOf(folder, plugin);
  const manifest = { ...makeManifest(root, plugin.name), stamp: stampOf(plugin, root, pack) };
  keep(manifestPath(folder, plugin.name), manifest);
  return { manifest, made: true };
}

/** Without making one. */
export function readManifest(
  folder: string,
  plugin: StoredPlugin,
  pack: PluginPackage,
): PluginManifest | undefined {
  const root = rootOf(folder, plugin);
  // Somebody works on a linked one: the manifest of its last release knows nothing of today's commands.
  const own = plugin.type === 'link' ? undefined : read(join(root, 'oclif.manifest.json'));
  if (own?.version === pack.version) return own;
  const kept = read(manifestPath(folder, plugin.name));
  return kept?.stamp === stampOf(plugin, root, pack) ? kept : undefined;
}

/** Where commands are, as package.json says. */
export function commandFolder({ oclif }: PluginPackage): string | undefined {
  const { commands } = oclif ?? {};
  return typeof commands === 'string' ? commands : commands?.target;
}

/** Installed files stay as they are; of linked ones names and times tell. */
function stampOf({ type }: StoredPlugin, root: string, pack: PluginPackage): string {
  if (type === 'user') return pack.version;
  const target = commandFolder(pack);
  const path = target === undefined ? undefined : join(root, target);
  return [pack.version, ...(path === undefined ? [] : timesBelow(path))].join(' ');
}

function timesBelow(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [`${path}@${statSync(path).mtimeMs}`];
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => `${name}@${statSync(join(path, name)).mtimeMs}`);
  } catch {
    return [];
  }
}

function read(path: string): PluginManifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as PluginManifest;
    return typeof manifest.commands === 'object' ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** A place where nothing can be written costs time at the next start, no more. */
function keep(path: string, manifest: PluginManifest): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, JSON.stringify(manifest));
    renameSync(temporary, path);
  } catch {
    // As said.
  }
}
