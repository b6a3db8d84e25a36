import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { pluginArg } from '../../lib/commands/plugins.js';

interface NewPlugin {
  name: string;
  folder: string;
  files: string[];
}

export default class PluginsNew extends ChangeCommand<NewPlugin> {
  static override summary = 'Begin a new plugin.';
  static override description =
    'Writes a folder with a plugin that works: a list, a show and a change command, a hook, a setting, completion, and tests that pass. Plain JavaScript with types in comments, so that there is nothing to build.';
  static override examples = [
    '<%= config.bin %> plugins new ceph',
    '<%= config.bin %> plugins new @acme/pmx-plugin-ceph --dry-run',
  ];
  static override args = { name: pluginArg('NAME, or the full name of the package.') };

  protected override async plan(): Promise<Plan> {
    const { planNew } = await import('../../lib/operations/plugins/new.js');
    return planNew(this.argsOf(PluginsNew).name, process.cwd());
  }

  protected override view({ name, folder }: NewPlugin): void {
    this.output.print(`Plugin ${name} begins in ${folder}.`);
    this.output.note(`Its tests: npm test. To use it: pmx plugins link ${folder}`);
  }
}
