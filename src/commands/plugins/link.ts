import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { pluginArg, pluginSurroundings } from '../../lib/commands/plugins.js';
import type { PluginChange } from '../../lib/operations/plugins/install.js';

export default class PluginsLink extends ChangeCommand<PluginChange> {
  static override summary = 'Use a plugin from the folder it is written in.';
  static override description =
    'Changes of its files count at once. When the folder has no @pmx-cli/kit of its own, it gets that of this pmx (a link in its node_modules).';
  static override examples = [
    '<%= config.bin %> plugins link ./pmx-plugin-hello',
    '<%= config.bin %> plugins link . --yes',
  ];
  static override args = { folder: pluginArg('Folder with the package.json of the plugin.') };

  protected override async plan(): Promise<Plan> {
    const { planLink } = await import('../../lib/operations/plugins/link.js');
    const { folder } = this.argsOf(PluginsLink);
    return planLink(folder, await pluginSurroundings(this.session, this.config));
  }

  protected override view({ name, version, commands }: PluginChange): void {
    this.output.print(`Plugin ${name} ${version} is linked.`);
    if (commands.length > 0) this.output.note(`Its commands: ${commands.join(', ')}`);
  }
}
