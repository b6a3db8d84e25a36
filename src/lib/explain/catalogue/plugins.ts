import type { ErrorEntry } from '../entry.js';

/** Plugins of others. */
export const plugins: readonly ErrorEntry[] = [
  {
    code: 'PMX_NO_HOST',
    title: 'A command of a plugin outside of pmx',
    meaning: 'Commands that are built on @pmx-cli/kit need a running pmx around them.',
    causes: ['The file of the command was started by itself.', 'A test does not use runCommand.'],
    remedies: [
      'Make the plugin known: pmx plugins link FOLDER',
      'In tests, use runCommand of @pmx-cli/kit/testing.',
    ],
  },
  {
    code: 'PMX_PLUGIN_INCOMPATIBLE',
    title: 'Plugin and pmx do not fit',
    meaning:
      'The plugin says which versions of @pmx-cli/kit it was made for, and the running pmx has another one. Kit has the version of the pmx that it comes with.',
    causes: ['One of them is older than the other.'],
    remedies: [
      'Update the plugin: pmx plugins update',
      'Update pmx: pmx update',
      'Or install an older version of the plugin: pmx plugins install NAME@VERSION',
    ],
  },
  {
    code: 'PMX_PLUGIN_BROKEN',
    title: 'A plugin cannot be loaded',
    meaning: 'The command belongs to a plugin whose code fails before the command begins.',
    causes: [
      'Files of the plugin are missing or damaged.',
      'It needs a package that is not installed, or another version of it.',
    ],
    remedies: [
      'See what is wrong: pmx plugins list -o wide',
      'A newer version may be better: pmx plugins update',
      'Without it: pmx plugins uninstall NAME',
    ],
  },
  {
    code: 'PMX_PLUGIN_CHANGED',
    title: 'Another package than the one that was shown',
    meaning:
      'What a plugin adds is shown and confirmed for one file. Before it was installed that file became another one, so nothing was installed.',
    causes: ['The file was built or copied anew meanwhile.', 'Somebody put another one there.'],
    remedies: ['Begin anew, and look at what it adds: pmx plugins install FILE'],
  },
  {
    code: 'PMX_PLUGIN_NOT_ALLOWED',
    title: 'A plugin that may not be installed here',
    meaning:
      'The setting pluginAllow names the plugins that may be installed, linked and updated, and this one is not among them. It guards against slips; who may edit the setting is not held back by it.',
    causes: ['A typing error in its name.', 'Whoever runs this machine has not looked at it yet.'],
    remedies: [
      'See who said so: pmx config view --origins',
      "Allow it: pmx config set pluginAllow 'NAME,…'",
    ],
  },
  {
    code: 'PMX_PLUGIN_NOT_FOUND',
    title: 'There is no such package',
    meaning: 'The registry has no package of that name, or not in that version.',
    causes: [
      'A typing error.',
      'It is in another registry.',
      'It is a file, and ./ in front of its name is missing.',
    ],
    remedies: [
      'Set the registry: pmx config set pluginRegistry https://registry.example.org',
      'Install from a file: pmx plugins install ./NAME-1.0.0.tgz',
    ],
  },
  {
    code: 'PMX_PLUGIN_NOT_INSTALLED',
    title: 'There is no such plugin',
    meaning: 'No plugin of that name is installed or linked for this user.',
    causes: ['A typing error.', 'Another user, or another PMX_HOME, has it.'],
    remedies: ['See those there are: pmx plugins list'],
  },
  {
    code: 'PMX_PLUGIN_NOT_UPDATABLE',
    title: 'Nobody knows where a newer one would be',
    meaning:
      'Only plugins that came from a registry can be looked up there. One from a file has no such place, a linked one is always as its files are.',
    causes: ['The plugin was installed from a file or a URL, or is linked.'],
    remedies: ['Install the newer one in its place: pmx plugins install FILE'],
  },
  {
    code: 'PMX_PLUGINS_CHANGED',
    title: 'Plugins were changed again since then',
    meaning:
      'Only the last change of plugins can be taken back as a whole, since only what was there before it is kept.',
    causes: ['Another plugin was installed, updated or removed afterwards.'],
    remedies: ['See what is installed: pmx plugins list', 'Remove one: pmx plugins uninstall NAME'],
  },
  {
    code: 'PMX_INVALID_PLUGIN',
    title: 'Not a plugin',
    meaning:
      'What was named is no package that pmx could install: it needs a package.json with a name, a version and a section "oclif".',
    causes: [
      'A folder was named where a package is wanted, or the other way round.',
      'The package is for something else.',
      'The file is damaged, or no .tgz of npm.',
    ],
    remedies: [
      'Make a package of a folder with npm pack, or use it where it is: pmx plugins link FOLDER',
      'Begin a new plugin: pmx plugins new NAME',
    ],
  },
  {
    code: 'PMX_NPM_FAILED',
    title: 'Fetching a package failed',
    meaning:
      'Packages are fetched and unpacked by npm, and it ended with an error. The plugins are as they were.',
    causes: [
      'The registry cannot be reached.',
      'A package that the plugin needs is not there.',
      'The disk is full.',
    ],
    remedies: [
      'Set the registry: pmx config set pluginRegistry https://registry.example.org',
      'Install from a file a plugin that needs nothing else: pmx plugins install FILE',
    ],
  },
];
