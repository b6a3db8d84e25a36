import { join } from 'node:path';

import type { Command, Interfaces } from '@oclif/core';
import { Config, Plugin } from '@oclif/core/config';

import { resolvePaths } from '../lib/config/paths.js';
import { readStore, storeFolder } from '../lib/plugins/store.js';
import { keepCompiledCode } from './compile-cache.js';
import {
  type CommandDetails,
  type IndexedPlugin,
  type IndexEntry,
  packageRoot,
  readDetails,
  readIndex,
  readJson,
} from './command-index.js';

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
    const loadCommands = loader.loadCommands.bind(config);
    loader.loadCommands = (plugin) => {
      if (plugin instanceof OwnPlugin) plugin.addCommands(loader._commands);
      else loadCommands(plugin);
    };
    loadTopicsOnUse(loader);
    await config.load();
    // For plugin-autocomplete: oclif knows nothing of PMX_HOME.
    config.cacheDir = resolvePaths().cache;
    keepLoaded();
    return config;
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

/** Only help, and a command that is not there, ask for topics. */
function loadTopicsOnUse(loader: Loader): void {
  const topics = loader._topics;
  const loadTopics = loader.loadTopics.bind(loader);
  let waiting: Interfaces.Plugin[] = [];
  loader.loadTopics = (plugin) => void waiting.push(plugin);
  Object.defineProperty(loader, '_topics', {
    get: () => {
      const plugins = waiting;
      waiting = [];
      for (const plugin of plugins) {
        if (plugin instanceof OwnPlugin) plugin.addTopics(topics);
        else loadTopics(plugin);
      }
      return topics;
    },
  });
}

/** oclif loads a configuration anew for `run`, and again for each command that is run. */
function keepLoaded(): void {
  const load = Config.load.bind(Config);
  Config.load = (given) => (given instanceof IndexedConfig ? Promise.resolve(given) : load(given));
}

class OwnPlugin extends Plugin {
  readonly #entries: Map<string, OwnCommand>;

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
    this.#entries = new Map(
      commands.map((entry) => [entry.id, new OwnCommand(this, entry, entry.id)]),
    );
    this.commands = [...this.#entries.values()] as unknown as Command.Loadable[];
    this.commandIDs = [...this.#entries.keys()];
    Object.defineProperty(this, 'manifest', {
      get: () => readJson<Interfaces.Manifest>(join(place, 'oclif.manifest.json')),
    });
  }

  override findCommand(id: string, options: { must: true }): Promise<Command.Class>;
  override findCommand(id: string, options?: { must: boolean }): Promise<Command.Class | undefined>;
  override async findCommand(id: string): Promise<Command.Class | undefined> {
    const { ModuleLoader } = await import('@oclif/core');
    const { entry } = this.#entries.get(id)!;
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

  /** Where a plugin of somebody else has a command of the same name, pmx's own is the one. */
  addCommands(commands: Map<string, Command.Loadable>): void {
    for (const command of this.#entries.values()) {
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
    for (const { entry } of this.#entries.values()) {
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
    return this.#entries.get(id)?.details['description'] as string | undefined;
  }
}

/** A command under one of its names. */
class OwnCommand {
  readonly id: string;
  readonly hidden: boolean | undefined;
  readonly pluginAlias: string;
  readonly pluginName: string;
  readonly pluginType = 'core';
  readonly plugin: Plugin;
  readonly entry: IndexEntry;
  /** A property: other copies of oclif, which plugins bring along, copy commands for their aliases. */
  readonly load = (): Promise<Command.Class> =>
    this.plugin.findCommand(this.entry.id, { must: true });
  #details: CommandDetails | undefined;

  constructor(plugin: Plugin, entry: IndexEntry, name: string, hidden?: boolean) {
    this.plugin = plugin;
    this.entry = entry;
    this.id = name.replaceAll(' ', ':');
    this.hidden = hidden ?? (name === entry.id ? entry.hidden : false);
    this.pluginAlias = this.pluginName = plugin.name;
  }

  get details(): CommandDetails {
    return (this.#details ??= readDetails(this.entry.id));
  }
}

for (const name of ['summary', 'strict', 'isESM', 'relativePath'] as const)
  define(name, ({ entry }) => entry[name]);
for (const name of ['aliases', 'hiddenAliases'] as const)
  define(name, ({ entry }) => entry[name] ?? []);
for (const name of ['args', 'flags', 'description', 'examples', 'usage'])
  define(name, ({ details }) => details[name]);
define('hasDynamicHelp', ({ entry }) => entry.hasDynamicHelp === true);

/** Read on first use; help writes into some of them. */
function define(name: string, get: (command: OwnCommand) => unknown): void {
  const own = (command: OwnCommand, value: unknown): unknown => {
    Object.defineProperty(command, name, { value, writable: true, enumerable: true });
    return value;
  };
  Object.defineProperty(OwnCommand.prototype, name, {
    get(this: OwnCommand) {
      return own(this, get(this));
    },
    set(this: OwnCommand, value: unknown) {
      own(this, value);
    },
  });
}
