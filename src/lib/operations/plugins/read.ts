import { statSync } from 'node:fs';

import { misfitOf } from '../../plugins/compatible.js';
import { readManifest } from '../../plugins/manifest.js';
import { readPackage } from '../../plugins/package-file.js';
import { readStore, rootOf, storeFolder, type StoredPlugin } from '../../plugins/store.js';
import { factsOf, type PluginFacts } from './facts.js';
import { fetchPlugin, isFile } from './fetch.js';
import type { PluginSurroundings } from './install.js';
import { filesOf } from './link.js';
import { packageError } from './npm.js';
import { findStored } from './uninstall.js';

export interface PluginRow {
  name: string;
  /** Null when its package.json cannot be read. */
  version: string | null;
  type: 'installed' | 'linked';
  status: 'ok' | 'broken' | 'incompatible';
  /** What is wrong with it; null when nothing is. */
  problem: string | null;
  commands: number;
  hooks: string[];
  source: string | null;
}

/** Reads files only. */
export function listPlugins(data: string): PluginRow[] {
  const store = readStore(storeFolder(data));
  const folder = store?.folder ?? '';
  return (store?.plugins ?? []).map((plugin) => {
    const row = {
      name: plugin.name,
      type: plugin.type === 'link' ? ('linked' as const) : ('installed' as const),
      source: store?.notes[plugin.name]?.source ?? plugin.root ?? null,
    };
    try {
      const pack = readPackage(rootOf(folder, plugin));
      const manifest = readManifest(folder, plugin, pack);
      const misfit = misfitOf(pack);
      const lost = Object.entries(manifest?.broken ?? {});
      const problem =
        misfit?.needs ??
        (lost.length === 0
          ? null
          : lost.map(([id, why]) => `${id.replaceAll(':', ' ')}: ${why}`).join('; '));
      return {
        ...row,
        version: pack.version,
        status: misfit ? 'incompatible' : lost.length > 0 ? 'broken' : 'ok',
        problem,
        commands: Object.keys(manifest?.commands ?? {}).length,
        hooks: Object.keys(pack.oclif?.hooks ?? {}).filter((event) => event.startsWith('pmx:')),
      } as const;
    } catch (error) {
      const problem = (error as Error).message;
      return { ...row, version: null, status: 'broken', problem, commands: 0, hooks: [] } as const;
    }
  });
}

export interface PluginDetails extends PluginFacts {
  installed: boolean;
  root: string | null;
  source: string;
}

/**
 * An installed plugin by its name, or a package that is not installed yet: a file, a folder, a name of
 * the registry.
 */
export async function inspectPlugin(
  given: string,
  around: PluginSurroundings,
): Promise<PluginDetails> {
  const store = readStore(storeFolder(around.paths.data));
  const folder = store?.folder ?? '';
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() === true;
  let stored: StoredPlugin | undefined;
  try {
    stored = findStored(store, given);
  } catch (error) {
    if (!isFolder && !isFile(given) && !/[@:]/.test(given.slice(1))) throw error;
  }
  if (stored || isFolder) {
    const root = stored ? rootOf(folder, stored) : given;
    try {
      const pack = readPackage(root);
      const manifest = stored && readManifest(folder, stored, pack);
      const files = filesOf(root, pack);
      const facts = factsOf({ pack, files, ...(manifest && { manifest }) }, around.known);
      const source = (stored && store?.notes[stored.name]?.source) ?? root;
      return { ...facts, installed: stored !== undefined, root, source };
    } catch (error) {
      throw packageError(given, error);
    }
  }
  const { paths, registry, signal } = around;
  const fetched = await fetchPlugin(given, { cache: paths.cache, registry, signal });
  const { source } = fetched;
  return { ...factsOf(fetched, around.known), installed: false, root: null, source };
}
