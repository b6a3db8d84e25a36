/** What pmx can be told once and for all, and the type of each value. */
export interface SettingValues {
  currentContext: string | undefined;
  'defaults.node': string | undefined;
  'defaults.storage': string | undefined;
  'defaults.bridge': string | undefined;
  'defaults.pool': string | undefined;
  'defaults.vmids': string | undefined;
  'defaults.tags': string[] | undefined;
  /** As `-o` takes it. */
  output: string;
  color: 'auto' | 'always' | 'never';
  pager: string | undefined;
  requestTimeout: number | undefined;
  parallel: number | undefined;
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | undefined;
  logFile: string | undefined;
  logFormat: 'text' | 'json';
  audit: boolean;
  auditSyslog: string | undefined;
  confirm: 'always' | 'destructive';
  /** Never ask. */
  noInput: boolean;
  menu: boolean;
  secretStore: 'auto' | 'keychain' | 'file';
  /** Beginning of a URL → what stands there instead. */
  mirrors: Record<string, string> | undefined;
  /** File with entries beside those of the catalogue. */
  catalog: string | undefined;
  /** URL or file that `catalog update` reads. */
  catalogSource: string | undefined;
  /** Id, distribution or `*` → file with the keys of the publisher. */
  keyrings: Record<string, string> | undefined;
  /** Size limit of the image cache: `4G`. */
  imageCache: string;
  /** Names and patterns of plugins that may be installed; all when left out. */
  pluginAllow: string[] | undefined;
  pluginRegistry: string | undefined;
  /** Programs `pmx-NAME` on PATH are commands. */
  pluginPrograms: boolean;
  /** Words of a command that is not there → the plugin that has it. */
  pluginSuggestions: Record<string, string> | undefined;
  /** `pmx update` may look for newer versions. */
  updates: boolean;
  /** Registry that says which version of pmx is the newest. */
  updateRegistry: string;
  /** Folder with the standalone archives of a version; VERSION in it is replaced. */
  updateArchives: string | undefined;
  /** Percent from which on `pmx doctor` warns of the processors of a node. */
  cpuWarning: number;
  memoryWarning: number;
  /** Of storages, and of the root file systems of nodes. */
  diskWarning: number;
  /** Pattern of controllers' names and addresses → user. */
  idracUsers: Record<string, string> | undefined;
  /** Pattern → program with its arguments that prints the password. */
  idracSecretCommands: Record<string, string> | undefined;
}

export type SettingKey = keyof SettingValues;

/** From the strongest to the weakest. */
export type SettingLayer = 'flag' | 'env' | 'project' | 'user' | 'system' | 'default';

export interface SettingOrigin {
  layer: SettingLayer;
  /** The flag, the variable or the file that said so. */
  source?: string;
}

/** How a plugin declares a setting of its own, below `pmx.settings` of its package.json. */
export interface PluginSetting {
  type: 'string' | 'integer' | 'boolean' | 'list';
  description: string;
  /** As typed behind `pmx config set plugins.NAME.KEY`. */
  example?: string;
  default?: string | number | boolean | string[];
}

/** Settings with their precedence applied. Reads files only: no network, no keychain. */
export interface Settings {
  /** @throws RequestError `PMX_INVALID_SETTING` when the winning value cannot be */
  get<K extends SettingKey>(key: K): Promise<SettingValues[K]>;
  origin(key: SettingKey): Promise<SettingOrigin>;
  /**
   * A setting of a plugin: `plugins.NAME.KEY` of the user's or the system's file, else what the plugin
   * declares as its default.
   * @param plugin its short name: `hello` of `@acme/pmx-plugin-hello`
   * @throws RequestError `PMX_INVALID_SETTING`
   */
  ofPlugin(
    plugin: string,
    key: string,
    declared?: PluginSetting,
  ): Promise<string | number | boolean | string[] | undefined>;
}
