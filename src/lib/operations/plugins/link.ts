import { readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Json, Plan } from '@pmx-cli/kit';

import { incompatible, misfitOf } from '../../plugins/compatible.js';
import { commandFolder } from '../../plugins/manifest.js';
import { type PluginPackage, readPackage } from '../../plugins/package-file.js';
import { readStore, storeFolder } from '../../plugins/store.js';
import { factLines, factsOf } from './facts.js';
import { type PluginChange, type PluginSurroundings, refuseNotAllowed, rights } from './install.js';
import { packageError } from './npm.js';

/** @throws RequestError `PMX_INVALID_PLUGIN`, `PMX_PLUGIN_NOT_ALLOWED`, `PMX_PLUGIN_INCOMPATIBLE` */
export function planLink(given: string, { paths, allowed, known }: PluginSurroundings): Plan {
  const root = resolve(given);
  const pack = packageOf(root);
  const { name, version } = pack;
  refuseNotAllowed(name, allowed);
  const misfit = misfitOf(pack);
  if (misfit) throw incompatible(name, misfit);
  const folder = storeFolder(paths.data);
  const from = readStore(folder)?.notes[name]?.version;
  const facts = factsOf({ pack, files: filesOf(root, pack) }, known);
  const change: PluginChange = { ...facts, changed: true, ...(from !== undefined && { from }) };
  return {
    operation: 'plugin.link',
    target: name,
    title: `Link plugin ${name} ${version} from ${root}`,
    asks: `Plugin ${name} would run with your rights`,
    notes: [...factLines(facts), rights],
    local: true,
    steps: [
      {
        id: 'link',
        kind: 'plugin.link',
        title: `Link plugin ${name} from ${root}, and let it find the kit of this pmx`,
        args: { folder, name, version, root },
        undo: [
          {
            kind: 'plugin.restore',
            title: 'Put the plugins back to what they were',
            args: { folder, name },
          },
        ],
      },
    ],
    result: change as unknown as Json,
  };
}

function packageOf(root: string): PluginPackage {
  try {
    return readPackage(root);
  } catch (error) {
    throw packageError(root, error);
  }
}

/** Those that its commands may be in. */
export function filesOf(root: string, pack: PluginPackage): string[] {
  const target = commandFolder(pack);
  if (target === undefined) return [];
  const folder = resolve(root, target);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const prefix = target.replace(/^\.\//, '').replace(/\/$/, '');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
    (path) => `${prefix}/${path.replaceAll('\\', '/')}`,
  );
}
