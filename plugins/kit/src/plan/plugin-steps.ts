/** A change of the plugins of this user: made beside what is there, and put in its place as a whole. */
interface PluginChangeArgs {
  /** Folder of the plugins. */
  folder: string;
  name: string;
}

export interface PluginInstallArgs extends PluginChangeArgs {
  version: string;
  /** The package that was shown: a .tgz file. */
  package: string;
  /** What it has to be, as npm writes it: `sha512-…`. */
  integrity: string;
  /** As it was asked for, for updates. */
  source: string;
  /** Install scripts of it and of what it needs are run. */
  scripts?: boolean;
  /** Where what it needs comes from; npm's own setting when left out. */
  registry?: string;
}

/** Makes a folder known in which somebody works on a plugin. */
export interface PluginLinkArgs extends PluginChangeArgs {
  version: string;
  root: string;
}

export type PluginUninstallArgs = PluginChangeArgs;

/** Undo of the three: the plugins as they were before this operation. */
export type PluginRestoreArgs = PluginChangeArgs;

/** Writes the files of a new plugin into a folder that is not there yet. */
export interface PluginScaffoldArgs {
  folder: string;
  files: { readonly [path: string]: string };
}

/** Kinds of steps about plugins. */
export interface PluginStepArgs {
  'plugin.install': PluginInstallArgs;
  'plugin.link': PluginLinkArgs;
  'plugin.uninstall': PluginUninstallArgs;
  'plugin.restore': PluginRestoreArgs;
  'plugin.scaffold': PluginScaffoldArgs;
}
