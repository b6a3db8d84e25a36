import { ShowCommand } from '@pmx-cli/kit';

import { pluginArg, pluginSurroundings } from '../../lib/commands/plugins.js';
import type { PluginDetails } from '../../lib/operations/plugins/read.js';

export default class PluginsInspect extends ShowCommand<PluginDetails> {
  static override summary = 'Show what a plugin adds, also before it is installed.';
  static override description =
    'Nothing of the plugin is run. A package of the registry is named with its version: NAME@latest.';
  static override examples = [
    '<%= config.bin %> plugins inspect hello',
    '<%= config.bin %> plugins inspect ./pmx-plugin-hello-1.0.0.tgz',
    '<%= config.bin %> plugins inspect @acme/pmx-plugin-ceph@latest --json',
  ];
  static override hiddenAliases = ['plugins:show'];
  static override args = {
    plugin: pluginArg('Name of an installed plugin, a folder, a .tgz file or NAME@VERSION.'),
  };

  protected override async show(): Promise<PluginDetails> {
    const { inspectPlugin } = await import('../../lib/operations/plugins/read.js');
    const { plugin } = this.argsOf(PluginsInspect);
    return inspectPlugin(plugin, await pluginSurroundings(this.session, this.config));
  }

  protected override async view(details: PluginDetails): Promise<void> {
    const { factLines, labelWidth } = await import('../../lib/operations/plugins/facts.js');
    for (const line of factLines(details)) this.output.print(line);
    this.output.print(`  ${'source:'.padEnd(labelWidth)}${details.source}`);
    if (details.root !== null)
      this.output.print(`  ${'folder:'.padEnd(labelWidth)}${details.root}`);
    if (details.misfit !== null)
      this.output.print(`  ${'fits not:'.padEnd(labelWidth)}it ${details.misfit}`);
    if (!details.installed) this.output.note('It is not installed.');
  }
}
