import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { CompletionValue, PmxHook, Session } from '@pmx-cli/kit';
import { pluginShortName } from '@pmx-cli/kit/names';

import { readManifest } from '../plugins/manifest.js';
import { readPackage } from '../plugins/package-file.js';
import { readStore, rootOf, storeFolder } from '../plugins/store.js';
import type { Known, KnownCommand, KnownPlugin } from './manifest.js';

/** Adds what the user's plugins have; one that cannot be read has nothing. */
export function withPlugins(known: Known, data: string): Known {
  const store = readStore(storeFolder(data));
  for (const stored of store?.plugins ?? []) {
    try {
      const pack = readPackage(rootOf(store!.folder, stored));
      const { commands = {} } = readManifest(store!.folder, stored, pack) ?? {};
      const completions = pack.pmx?.completions ?? [];
      const plugin: KnownPlugin = { name: pluginShortName(stored.name), completions };
      const own = Object.values(commands as unknown as Record<string, KnownCommand>);
      known.commands.push(...own.map((command) => ({ ...command, plugin })));
      Object.assign(known.topics, pack.oclif?.topics);
    } catch {
      // pmx plugins list says what is wrong.
    }
  }
  return known;
}

/** Asks the hook of a plugin, without oclif. */
export async function valuesOfPlugin(
  name: string,
  what: string,
  session: Session,
): Promise<CompletionValue[]> {
  const store = readStore(storeFolder(session.paths.data));
  const stored = store?.plugins.find((each) => pluginShortName(each.name) === name);
  if (!store || !stored) return [];
  const root = rootOf(store.folder, stored);
  const target = readPackage(root).oclif?.hooks?.['pmx:completion'];
  if (typeof target !== 'string') return [];
  const path = /\.[cm]?js$/.test(target) ? target : `${target}.js`;
  const { default: hook } = (await import(pathToFileURL(join(root, path)).href)) as {
    default: PmxHook<'pmx:completion'>;
  };
  return hook({ what, session });
}
