import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { allowScripts, pluginArg, pluginSurroundings } from '../../lib/commands/plugins.js';
import type { PluginChange } from '../../lib/operations/plugins/install.js';

export default class PluginsInstall extends ChangeCommand<PluginChange> {
  static override summary = 'Install a plugin.';
  static override description =
    'Shows what the plugin adds before anything of it is run: commands, hooks, and the privileges it asks for. Needs no network for a file whose plugin needs nothing but pmx. Install scripts are not run unless --allow-scripts is given. In place of an older version, that one is replaced.';
  static override examples = [
    '<%= config.bin %> plugins install ./pmx-plugin-hello-1.0.0.tgz',
    '<%= config.bin %> plugins install @acme/pmx-plugin-ceph@2 --yes',
    '<%= config.bin %> plugins install pmx-plugin-hello --dry-run',
  ];
  static override args = {
    plugin: pluginArg('NAME, NAME@VERSION, a .tgz file or a URL.'),
  };
  static override flags = { 'allow-scripts': allowScripts() };

  protected override async plan(): Promise<Plan> {
    const { planInstall } = await import('../../lib/operations/plugins/install.js');
    const { plugin: spec } = this.argsOf(PluginsInstall);
    const { 'allow-scripts': scripts } = this.flagsOf(PluginsInstall);
    return planInstall({ spec, scripts }, await pluginSurroundings(this.session, this.config));
  }

  protected override view({ name, version, commands, from }: PluginChange): void {
    this.output.print(
      from === undefined
        ? `Plugin ${name} ${version} is installed.`
        : `Plugin ${name} ${version} is installed in place of ${from}.`,
    );
    if (commands.length > 0) this.output.note(`Its commands: ${commands.join(', ')}`);
  }
}
