import { type Plan, pluginShortName } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { closest } from '../../inventory/closest.js';

import {
  type PluginStore,
  readStore,
  storeFolder,
  type StoredPlugin,
} from '../../plugins/store.js';

export function planUninstall(given: string, data: string): Plan {
  const folder = storeFolder(data);
  const { name, type, root } = findStored(readStore(folder), given);
  return {
    operation: 'plugin.uninstall',
    target: name,
    title: `Uninstall plugin ${name}`,
    local: true,
    notes:
      type === 'link' ? [`Its files in ${root} stay; pmx only does not know it any more.`] : [],
    steps: [
      {
        id: 'uninstall',
        kind: 'plugin.uninstall',
        title: `Uninstall plugin ${name}`,
        args: { folder, name },
        undo: [
          {
            kind: 'plugin.restore',
            title: 'Put the plugins back to what they were',
            args: { folder, name },
          },
        ],
      },
    ],
    result: { name, changed: true },
  };
}

/** By its name or the short one. @throws RequestError `PMX_PLUGIN_NOT_INSTALLED` */
export function findStored(store: PluginStore | undefined, given: string): StoredPlugin {
  const plugins = store?.plugins ?? [];
  const found =
    plugins.find(({ name }) => name === given) ??
    plugins.find(({ name }) => pluginShortName(name) === given);
  if (found) return found;
  const names = plugins.map(({ name }) => name);
  const [offer] = closest(given, [...names, ...names.map(pluginShortName)]);
  throw new RequestError({
    code: 'PMX_PLUGIN_NOT_INSTALLED',
    message: `There is no plugin '${given}'.`,
    hints: [
      ...(offer === undefined ? [] : [`Did you mean '${offer}'?`]),
      names.length === 0
        ? 'None is installed; to install one: pmx plugins install NAME'
        : `There are: ${names.join(', ')}.`,
    ],
  });
}
