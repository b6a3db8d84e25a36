import type { Json, Plan } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { compareVersions } from '../../plugins/range.js';
import { readStore, storeFolder, type StoredPlugin } from '../../plugins/store.js';
import { factsOf } from './facts.js';
import { fetchPlugin, isUpdatable } from './fetch.js';
import { planPackage, type PluginSurroundings } from './install.js';
import { findStored } from './uninstall.js';

/** One plan for each plugin that came from a registry, or for the one that is named. */
export async function planUpdate(
  given: string | undefined,
  around: PluginSurroundings,
): Promise<Plan[]> {
  const store = readStore(storeFolder(around.paths.data));
  const chosen = given === undefined ? (store?.plugins ?? []) : [findStored(store, given)];
  const plans: Plan[] = [];
  for (const plugin of chosen) {
    const note = store?.notes[plugin.name];
    if (!note || plugin.type === 'link' || !isUpdatable(note.source)) {
      if (given !== undefined) throw notUpdatable(plugin, note?.source);
      continue;
    }
    const { paths, registry, signal } = around;
    const fetched = await fetchPlugin(note.source, { cache: paths.cache, registry, signal });
    const { version } = fetched.pack;
    if (compareVersions(version, note.version) > 0)
      plans.push(planPackage(fetched, note.scripts === true, around));
    else
      plans.push({
        operation: 'plugin.install',
        target: plugin.name,
        title: `Update plugin ${plugin.name}`,
        local: true,
        steps: [],
        notes: [`${plugin.name} ${note.version} is the newest there is (${note.source}).`],
        result: {
          ...factsOf(fetched, around.known),
          version: note.version,
          changed: false,
        } as unknown as Json,
      });
  }
  return plans;
}

function notUpdatable({ name, root }: StoredPlugin, source = ''): RequestError {
  return new RequestError({
    code: 'PMX_PLUGIN_NOT_UPDATABLE',
    message:
      root === undefined
        ? `Plugin ${name} came from ${source}, where nobody can look for a newer one.`
        : `Plugin ${name} is linked from ${root}: it is always as its files are there.`,
    hints:
      root === undefined ? ['Install the newer one in its place: pmx plugins install FILE'] : [],
  });
}
