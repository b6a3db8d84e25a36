import { type PluginSetting, pluginShortName } from '@pmx-cli/kit';

import { readPackage } from './package-file.js';
import { readStore, rootOf } from './store.js';

/** What an installed plugin declares, by its short name; undefined when there is none. */
export function declaredSettings(
  folder: string,
  name: string,
): Record<string, PluginSetting> | undefined {
  const store = readStore(folder);
  const found = store?.plugins.find((plugin) => pluginShortName(plugin.name) === name);
  if (!store || !found) return undefined;
  try {
    return readPackage(rootOf(store.folder, found)).pmx?.settings ?? {};
  } catch {
    return {};
  }
}
