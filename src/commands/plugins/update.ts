import { Args, ChangeCommand, type Plan } from '@pmx-cli/kit';

import { pluginSurroundings } from '../../lib/commands/plugins.js';
import type { PluginUpdate } from '../../lib/operations/plugins/update.js';

export default class PluginsUpdate extends ChangeCommand<PluginUpdate> {
  static override summary = 'Update plugins from where they came from.';
  static override description =
    'Without a name all that came from a registry. What a newer version adds is shown before, as with install. Plugins from files and linked ones are left as they are.';
  static override examples = [
    '<%= config.bin %> plugins update',
    '<%= config.bin %> plugins update hello --dry-run',
  ];
  static override args = {
    plugin: Args.string({ description: 'Name of the plugin.', ignoreStdin: true }),
  };

  protected override async plan(): Promise<Plan[]> {
    const { planUpdate } = await import('../../lib/operations/plugins/update.js');
    const around = await pluginSurroundings(this.session, this.config);
    const plans = await planUpdate(this.argsOf(PluginsUpdate).plugin, around);
    if (plans.length === 0) this.output.note('No plugins are installed.');
    return plans;
  }

  protected override view({ name, version, from, changed }: PluginUpdate): void {
    if (changed) this.output.print(`Plugin ${name} is updated from ${from} to ${version}.`);
    else this.output.print(`Plugin ${name} stays at ${version}.`);
  }
}
