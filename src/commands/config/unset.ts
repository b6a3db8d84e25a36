import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { layerFlag } from '../../lib/commands/config-layer.js';

export default class ConfigUnset extends ChangeCommand<{ key: string }> {
  static override summary = 'Take one setting out of a file.';
  static override examples = ['<%= config.bin %> config unset requestTimeout'];
  static override args = {
    key: Args.string({ description: 'Name of the setting.', required: true, ignoreStdin: true }),
  };
  static override flags = { in: layerFlag() };

  protected override async plan(): Promise<Plan> {
    const { key } = this.argsOf(ConfigUnset);
    const { planConfigUnset } = await import('../../lib/operations/config/change.js');
    return planConfigUnset({
      paths: this.session.paths,
      key,
      layer: this.flagsOf(ConfigUnset).in,
    });
  }

  protected override view({ key }: { key: string }): void {
    this.output.print(`${key} is not set any more.`);
  }
}
