import type { Plan } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { compareVersions } from '../../plugins/range.js';
import { readStore, storeFolder, type StoredPlugin } from '../../plugins/store.js';
import { fetchPlugin, isUpdatable } from './fetch.js';
import { planPackage, type PluginSurroundings } from './install.js';
import { findStored } from './uninstall.js';

export interface PluginUpdate {
  name: string;
  version: string;
  /** The version that was there before; the same one when there is no newer. */
  from: string;
  changed: boolean;
}

/** One plan for each plugin, or for the one that is named. */
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
      const reason = notUpdatable(plugin, note?.source);
      if (given !== undefined) throw reason;
      plans.push(idle(plugin.name, note?.version ?? '', reason.message));
      continue;
    }
    const { paths, registry, signal } = around;
    const fetched = await fetchPlugin(note.source, { cache: paths.cache, registry, signal });
    const { name, version } = fetched.pack;
    const from = note.version;
    if (compareVersions(version, from) > 0) {
      const result = { name, version, from, changed: true };
      plans.push({ ...planPackage(fetched, note.scripts === true, around), result });
    } else {
      plans.push(idle(name, from, `${name} ${from} is the newest there is (${note.source}).`));
    }
  }
  return plans;
}

function idle(name: string, version: string, note: string): Plan {
  return {
    operation: 'plugin.install',
    target: name,
    title: `Update plugin ${name}`,
    local: true,
    steps: [],
    notes: [note],
    result: { name, version, from: version, changed: false },
  };
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
