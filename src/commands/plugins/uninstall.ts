import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { pluginArg } from '../../lib/commands/plugins.js';

export default class PluginsUninstall extends ChangeCommand<{ name: string; changed: boolean }> {
  static override summary = 'Remove a plugin.';
  static override description =
    'The folder of a linked one stays as it is. pmx undo brings the plugin back, without a network.';
  static override examples = [
    '<%= config.bin %> plugins uninstall hello',
    '<%= config.bin %> plugins uninstall @acme/pmx-plugin-ceph --dry-run',
  ];
  static override hiddenAliases = ['plugins:remove', 'plugins:rm'];
  static override args = { plugin: pluginArg('Name of the plugin.') };

  protected override async plan(): Promise<Plan> {
    const { planUninstall } = await import('../../lib/operations/plugins/uninstall.js');
    return planUninstall(this.argsOf(PluginsUninstall).plugin, this.session.paths.data);
  }

  protected override view({ name }: { name: string }): void {
    this.output.print(`Plugin ${name} is uninstalled.`);
  }
}
