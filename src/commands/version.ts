import { Flags } from '@oclif/core';
import { findHost, type Plan, ShowCommand } from '@pmx-cli/kit';

import { waysIn } from '../lib/commands/update.js';
import type { Version } from '../lib/operations/program/version.js';

export default class PmxVersion extends ShowCommand<Version> {
  static override summary = 'Show the version of pmx, and of what it works with.';
  static override description = `With --verbose also Node, oclif, the kit for plugins, plugins, folders, and whether there is a keychain: what a report of a
defect needs. "<%= config.bin %> --version" prints the version alone, at once.`;
  static override examples = [
    '<%= config.bin %> version',
    '<%= config.bin %> version --verbose',
    '<%= config.bin %> version --server --json',
  ];
  static override flags = {
    server: Flags.boolean({ description: 'Ask the server for its version, too.' }),
  };

  protected override async planOnly(): Promise<Plan[]> {
    if (this.flagsOf(PmxVersion).server) await this.pve();
    return [];
  }

  protected override async show(): Promise<Version> {
    const { server } = this.flagsOf(PmxVersion);
    const verbose = this.parsedFlags['verbose'] === true;
    const { version } = findHost();
    if (!verbose && !server) return { version };
    const { serverVersion, versionDetails } = await import('../lib/operations/program/version.js');
    return {
      version,
      ...(verbose && {
        details: await versionDetails(this.session.paths, {
          oclif: oclifVersion(this.config),
          plugins: [...this.config.plugins.values()]
            .filter(({ name }) => name !== this.config.name)
            .map(({ name, version: of, type }) => ({ name, version: of, type })),
        }),
      }),
      ...(server && { server: await serverVersion(this.session) }),
    };
  }

  protected override view({ version, details, server }: Version): void {
    this.output.print(`pmx ${version}`);
    const { keychain, paths } = details ?? {};
    const plugin = ({ name, version: of, type }: { name: string; version: string; type: string }) =>
      [name, type === 'core' ? of : `${of} (${type})`] as const;
    this.output.fields([
      ...(details
        ? ([
            ['Node', `${details.node} ${details.platform}`],
            ['oclif', details.oclif],
            ['Kit', details.kit],
            ['Installed', `by ${waysIn[details.installed.by]}, in ${details.installed.folder}`],
            ...details.plugins.map(plugin),
            ['Configuration', paths!.config],
            ['Data', paths!.data],
            ['State', paths!.state],
            ['Cache', paths!.cache],
            ['Keychain', keychain!.available ? 'there is one' : `none: ${keychain!.reason}`],
          ] as const)
        : []),
      ...(server
        ? ([['Server', `Proxmox VE ${server.version}, ${server.endpoint}`]] as const)
        : []),
    ]);
  }
}

/** `@oclif/core@5.1.9` */
function oclifVersion(config: object): string {
  const { _base: base = '' } = config as { _base?: string };
  return base.slice(base.lastIndexOf('@') + 1);
}
