import type { Command } from '@oclif/core';
import type { Plugin } from '@oclif/core/config';

import { type CommandDetails, type IndexEntry, readDetails } from './command-index.js';

/** A command under one of its names. */
export class OwnCommand {
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
