import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { layerFlag } from '../../lib/commands/config-layer.js';

export default class ConfigSet extends ChangeCommand<{ key: string; value: unknown }> {
  static override summary = 'Set one setting.';
  static override description =
    'Comments and order of the file stay. Lists take commas; ${NAME} and ${NAME:-default} are filled in whenever pmx runs.';
  static override examples = [
    '<%= config.bin %> config set requestTimeout 60',
    '<%= config.bin %> config set defaults.node pve1 --in project',
    '<%= config.bin %> config set contexts.lab.readOnly true',
  ];
  static override args = {
    key: Args.string({ description: 'Name of the setting.', required: true, ignoreStdin: true }),
    value: Args.string({ description: 'Its value.', required: true, ignoreStdin: true }),
  };
  static override flags = { in: layerFlag() };

  protected override async plan(): Promise<Plan> {
    const { key, value } = this.argsOf(ConfigSet);
    const { planConfigSet } = await import('../../lib/operations/config/change.js');
    const { paths } = this.session;
    return planConfigSet({ paths, key, layer: this.flagsOf(ConfigSet).in }, value);
  }

  protected override view({ key }: { key: string }): void {
    this.output.print(`${key} is set.`);
  }
}
