import type { Json, Plan } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { incompatible, misfitOf } from '../../plugins/compatible.js';
import { readStore, storeFolder } from '../../plugins/store.js';
import { factLines, factsOf, type PluginFacts } from './facts.js';
import { type Fetched, fetchPlugin } from './fetch.js';

export interface PluginSurroundings {
  paths: { data: string; cache: string };
  /** Names and patterns of plugins that may be installed; all when undefined. */
  allowed: readonly string[] | undefined;
  registry: string | undefined;
  /** Commands that are there without plugins, `vm:list`. */
  known: ReadonlySet<string>;
  signal: AbortSignal;
}

export interface InstallRequest {
  spec: string;
  scripts: boolean;
}

/** What `pmx plugins install`, `link` and `update` return. */
export interface PluginChange extends PluginFacts {
  changed: boolean;
  /** The version that was there before. */
  from?: string;
}

/** @throws RequestError `PMX_PLUGIN_NOT_ALLOWED`, `PMX_PLUGIN_INCOMPATIBLE`, `PMX_INVALID_PLUGIN` … */
export async function planInstall(
  { spec, scripts }: InstallRequest,
  around: PluginSurroundings,
): Promise<Plan> {
  const { paths, registry, signal } = around;
  const fetched = await fetchPlugin(spec, { cache: paths.cache, registry, signal });
  return planPackage(fetched, scripts, around);
}

export function planPackage(
  fetched: Fetched,
  scripts: boolean,
  { paths, allowed, registry, known }: PluginSurroundings,
): Plan {
  const { pack, path, source, integrity } = fetched;
  const { name, version } = pack;
  refuseNotAllowed(name, allowed);
  const misfit = misfitOf(pack);
  if (misfit) throw incompatible(name, misfit);
  const folder = storeFolder(paths.data);
  const from = readStore(folder)?.notes[name]?.version;
  const facts = factsOf(fetched, known);
  const change: PluginChange = { ...facts, changed: true, ...(from !== undefined && { from }) };
  const what = `plugin ${name} ${version}`;
  return {
    operation: 'plugin.install',
    target: name,
    title: from === undefined ? `Install ${what}` : `Install ${what} in place of ${from}`,
    asks: `Plugin ${name} would run with your rights`,
    notes: [...factLines(facts, { scripts }), rights],
    local: true,
    steps: [
      {
        id: 'install',
        kind: 'plugin.install',
        title: `Install ${what}`,
        args: {
          folder,
          name,
          version,
          package: path,
          integrity,
          source,
          ...(scripts && { scripts }),
          ...(registry !== undefined && { registry }),
        },
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

export const rights =
  'A plugin runs with your rights: it can do and read what you can, stored secrets too.';

/** @throws RequestError `PMX_PLUGIN_NOT_ALLOWED` */
export function refuseNotAllowed(name: string, allowed: readonly string[] | undefined): void {
  if (allowed === undefined || allowed.some((pattern) => matches(name, pattern))) return;
  throw new RequestError({
    code: 'PMX_PLUGIN_NOT_ALLOWED',
    message: `Plugin ${name} is not among those that may be installed (pluginAllow: ${allowed.join(', ')}).`,
    hints: [
      'Who said so: pmx config view --origins',
      `To allow it as well: pmx config set pluginAllow '${[...allowed, name].join(',')}'`,
    ],
  });
}

function matches(name: string, pattern: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('[^/]*');
  return new RegExp(`^${source}$`).test(name);
}
