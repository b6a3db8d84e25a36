import { Plugin } from '@oclif/core/config';
import { SurroundingsError } from '@pmx-cli/kit/errors';

import { incompatible, misfitOf } from './compatible.js';
import { refreshKit } from './kit-link.js';
import { manifestOf, type PluginManifest, readManifest } from './manifest.js';
import { type PluginPackage, readPackage } from './package-file.js';
import { type PluginStore, rootOf, type StoredPlugin } from './store.js';

/** Says something about plugins before any command runs: one line. */
type Tell = (text: string) => void;

type Loadable = Plugin['commands'][number];

/**
 * Plugins that the user installed, for oclif. One that is broken or does not fit is left out with a
 * word; the others work.
 */
export async function loadPlugins(store: PluginStore, tell: Tell): Promise<Plugin[]> {
  refreshKit(store.folder);
  const loaded: Plugin[] = [];
  for (const stored of store.plugins) {
    try {
      loaded.push(await loadOne(store.folder, stored, tell));
    } catch (error) {
      tell(
        `Plugin ${stored.name} is left out: ${firstLine(error)} (without it: pmx plugins uninstall ${stored.name})`,
      );
    }
  }
  return loaded;
}

async function loadOne(folder: string, stored: StoredPlugin, tell: Tell): Promise<Plugin> {
  const root = rootOf(folder, stored);
  const pack = readPackage(root);
  const misfit = misfitOf(pack);
  if (misfit) tell(`Plugin ${stored.name} is left out: it ${misfit.needs}.`);
  const manifest = misfit ? namesOnly(folder, stored, pack) : await madeOnce(folder, stored, tell);
  // As the root of its own: oclif would look for it among pmx's dependencies otherwise.
  const pjson = pack as unknown as Plugin['pjson'];
  const plugin = new Plugin({ root, name: stored.name, pjson, isRoot: true, type: 'user' });
  // Its commands are added here: oclif sorts them by language, which takes longer than all else.
  const none = { version: pack.version, commands: {} };
  (plugin as unknown as { _manifest(): Promise<PluginManifest> })._manifest = async () => none;
  await plugin.load();
  plugin.manifest = manifest as unknown as Plugin['manifest'];
  plugin.isRoot = false;
  plugin.hasManifest = true;
  plugin.commandIDs = Object.keys(manifest.commands);
  plugin.hooks = misfit ? {} : ownHooks(plugin);
  const load = (id: string): Loadable['load'] =>
    misfit
      ? async () => Promise.reject(incompatible(stored.name, misfit))
      : () =>
          plugin
            .findCommand(id, { must: true })
            .catch((error: unknown) => Promise.reject(broken(stored.name, error)));
  plugin.commands = Object.entries(manifest.commands).map(
    ([id, command]) =>
      ({
        ...command,
        load: load(id),
        pluginAlias: plugin.alias,
        pluginType: plugin.type,
      }) as unknown as Loadable,
  );
  plugin.commands.push(...unloadable(plugin, stored.name, manifest.broken ?? {}));
  return plugin;
}

async function madeOnce(folder: string, stored: StoredPlugin, tell: Tell): Promise<PluginManifest> {
  const { manifest, made } = await manifestOf(folder, stored, readPackage(rootOf(folder, stored)));
  if (made) tell(`Commands of plugin ${stored.name} were looked up, for they are new or changed.`);
  return manifest;
}

/** Of one that does not fit nothing is loaded; what it ships may name its commands. */
function namesOnly(folder: string, stored: StoredPlugin, pack: PluginPackage): PluginManifest {
  return readManifest(folder, stored, pack) ?? { version: pack.version, commands: {} };
}

/** Events of oclif itself (`init`, `prerun` …) would make every command wait, or fail. */
export function ownHooks({ hooks }: Pick<Plugin, 'hooks'>): Plugin['hooks'] {
  return Object.fromEntries(Object.entries(hooks).filter(([event]) => event.startsWith('pmx:')));
}

function unloadable(
  plugin: Plugin,
  name: string,
  messages: Readonly<Record<string, string>>,
): Loadable[] {
  return Object.entries(messages).map(
    ([id, message]) =>
      ({
        id,
        args: {},
        flags: {},
        aliases: [],
        hiddenAliases: [],
        hidden: true,
        summary: 'Cannot be loaded.',
        pluginAlias: plugin.alias,
        pluginName: name,
        pluginType: plugin.type,
        load: async () => Promise.reject(broken(name, new Error(message))),
      }) as unknown as Loadable,
  );
}

function broken(name: string, error: unknown): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_PLUGIN_BROKEN',
    message: `Plugin ${name} cannot be loaded: ${firstLine(error)}`,
    hints: [
      `A newer version may be better: pmx plugins update ${name}`,
      `Without it: pmx plugins uninstall ${name}`,
    ],
    cause: error,
  });
}

function firstLine(error: unknown): string {
  const { message } = error instanceof Error ? error : new Error(String(error));
  return message.split('\n')[0]!;
}
