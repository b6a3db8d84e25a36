import { join } from 'node:path';

import type { Command, Interfaces } from '@oclif/core';
import { Config, Plugin } from '@oclif/core/config';

import { resolvePaths } from '../lib/config/paths.js';
import { readStore, storeFolder } from '../lib/plugins/store.js';
import { keepCompiledCode } from './compile-cache.js';
import {
  type IndexedPlugin,
  type IndexEntry,
  packageRoot,
  readIndex,
  readJson,
} from './command-index.js';
import { OwnCommand } from './own-command.js';

/** oclif's own way to load commands, which plugins of other people go. */
interface Loader {
  loadCommands(plugin: Interfaces.Plugin): void;
  loadTopics(plugin: Interfaces.Plugin): void;
  readonly _commands: Map<string, Command.Loadable>;
  readonly _topics: Map<string, Interfaces.Topic>;
}

/**
 * oclif's configuration, made from the index instead of the manifests. Plugins of the user come on top,
 * loaded by pmx: oclif would let one that is broken speak for itself, at length.
 */
export class IndexedConfig extends Config {
  static override async load(): Promise<IndexedConfig> {
    const own = readIndex().plugins.map((plugin) => new OwnPlugin(plugin));
    const plugins: Plugin[] = [...own, ...(await userPlugins())];
    const config = new IndexedConfig({
      root: packageRoot,
      userPlugins: false,
      plugins: new Map(plugins.map((plugin) => [plugin.name, plugin])),
    });
    const loader = config as unknown as Loader;
    loadOnUse(loader, 'loadCommands', '_commands', (plugin, to) => plugin.addCommands(to));
    loadOnUse(loader, 'loadTopics', '_topics', (plugin, to) => plugin.addTopics(to));
    await config.load();
    // For plugin-autocomplete: oclif knows nothing of PMX_HOME.
    config.cacheDir = resolvePaths().cache;
    keepLoaded();
    return config;
  }

  override findCommand(id: string, options: { must: true }): Command.Loadable;
  override findCommand(id: string, options?: { must: boolean }): Command.Loadable | undefined;
  override findCommand(id: string, options?: { must: boolean }): Command.Loadable | undefined {
    for (const plugin of this.plugins.values()) {
      const command = plugin instanceof OwnPlugin ? plugin.command(id) : undefined;
      if (command) return command as unknown as Command.Loadable;
    }
    return super.findCommand(id, options as { must: boolean });
  }

  /**
   * `vm list --json` → `vm:list --json`, where that is beyond doubt: otherwise oclif sorts all words
   * of all commands at every start.
   */
  joinWords(argv: readonly string[]): string[] {
    const flag = argv.findIndex((word) => word.startsWith('-') || word.includes('='));
    const words = flag < 0 ? argv : argv.slice(0, flag);
    for (let end = words.length; end > 1; end--) {
      const command = this.findCommand(words.slice(0, end).join(':'));
      if (!(command instanceof OwnCommand)) continue;
      if (end < words.length && !command.entry.takesWords) break;
      return [command.id, ...argv.slice(end)];
    }
    return [...argv];
  }
}

/** Costs one small file that is not there for those who have none. */
async function userPlugins(): Promise<Plugin[]> {
  if (process.env['PMX_NO_PLUGINS'] === '1') return [];
  const store = readStore(storeFolder(resolvePaths().data));
  if (!store || store.plugins.length === 0) return [];
  keepCompiledCode();
  const { loadPlugins } = await import('../lib/plugins/load.js');
  return loadPlugins(store, (text) => void process.stderr.write(`Warning: ${text}\n`));
}

/** What all plugins have is asked for by help, and where a command is not there. */
function loadOnUse<Load extends 'loadCommands' | 'loadTopics', All extends '_commands' | '_topics'>(
  loader: Loader,
  load: Load,
  all: All,
  add: (plugin: OwnPlugin, to: Loader[All]) => void,
): void {
  const found = loader[all];
  const loadOthers = loader[load].bind(loader);
  let waiting: Interfaces.Plugin[] = [];
  loader[load] = (plugin) => void waiting.push(plugin);
  Object.defineProperty(loader, all, {
    get: () => {
      const plugins = waiting;
      waiting = [];
      for (const plugin of plugins) {
        if (plugin instanceof OwnPlugin) add(plugin, found);
        else loadOthers(plugin);
      }
      return found;
    },
  });
}

/** oclif loads a configuration anew for `run`, and again for each command that is run. */
function keepLoaded(): void {
  const load = Config.load.bind(Config);
  Config.load = (given) => (given instanceof IndexedConfig ? Promise.resolve(given) : load(given));
}

class OwnPlugin extends Plugin {
  readonly #entries: Map<string, IndexEntry>;
  readonly #commands = new Map<string, OwnCommand>();

  constructor({ name, root, commands }: IndexedPlugin) {
    const place = join(packageRoot, root);
    super({ root: place, name, type: 'core', isRoot: root === '.' });
    this.root = place;
    this.name = this.alias = name;
    this.type = 'core';
    this.isRoot = root === '.';
    this.valid = this.hasManifest = true;
    this.pjson = readJson<Interfaces.PJSON>(join(place, 'package.json'));
    this.version = this.pjson.version;
    this.moduleType = this.pjson.type === 'module' ? 'module' : 'commonjs';
    this.hooks = Object.fromEntries(
      Object.entries(this.pjson.oclif.hooks ?? {}).map(([event, hooks]) => [
        event,
        [hooks].flat().map((hook) => ({
          identifier: 'default',
          ...(typeof hook === 'string' ? { target: hook } : hook),
        })),
      ]),
    );
    this.#entries = new Map(commands.map((entry) => [entry.id, entry]));
    Object.defineProperties(this, {
      commands: { get: () => this.#all() },
      commandIDs: { get: () => [...this.#entries.keys()] },
      manifest: { get: () => readJson<Interfaces.Manifest>(join(place, 'oclif.manifest.json')) },
    });
  }

  override findCommand(id: string, options: { must: true }): Promise<Command.Class>;
  override findCommand(id: string, options?: { must: boolean }): Promise<Command.Class | undefined>;
  override async findCommand(id: string): Promise<Command.Class | undefined> {
    const { ModuleLoader } = await import('@oclif/core');
    const entry = this.#entries.get(id)!;
    const { isESM, module } = await ModuleLoader.loadWithDataFromManifest(
      entry as unknown as Command.Cached,
      this.root,
    );
    const classes = [module.default, ...Object.values(module)] as Command.Class[];
    const found = classes.find((value) => typeof value?.run === 'function');
    return Object.assign(found!, {
      id,
      plugin: this,
      isESM,
      relativePath: entry.relativePath,
    });
  }

  /** By its own name. */
  command(id: string): OwnCommand | undefined {
    const entry = this.#entries.get(id);
    const known = this.#commands.get(id);
    if (known || !entry) return known;
    const command = new OwnCommand(this, entry, id);
    this.#commands.set(id, command);
    return command;
  }

  #all(): OwnCommand[] {
    return [...this.#entries.keys()].map((id) => this.command(id)!);
  }

  /** Where a plugin of somebody else has a command of the same name, pmx's own is the one. */
  addCommands(commands: Map<string, Command.Loadable>): void {
    for (const command of this.#all()) {
      const { aliases = [], hiddenAliases = [] } = command.entry;
      for (const named of [
        command,
        ...aliases.map((alias) => new OwnCommand(this, command.entry, alias)),
        ...hiddenAliases.map((alias) => new OwnCommand(this, command.entry, alias, true)),
      ])
        commands.set(named.id, named as unknown as Command.Loadable);
    }
  }

  addTopics(topics: Map<string, Interfaces.Topic>): void {
    for (const topic of this.topics)
      topics.set(topic.name, { ...topics.get(topic.name), ...topic });
    for (const entry of this.#entries.values()) {
      if (entry.hidden) continue;
      // Also the words in between, so that half a command gets help.
      const words = entry.id.split(':');
      for (let end = words.length; end > 0; end--) {
        const name = words.slice(0, end).join(':');
        if (!topics.has(name))
          topics.set(name, { name, description: entry.summary ?? this.#describe(entry.id) });
      }
    }
  }

  #describe(id: string): string | undefined {
    return this.command(id)?.details['description'] as string | undefined;
  }
}
