import { Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { layerFlag } from '../../lib/commands/config-layer.js';

export default class ConfigReset extends ChangeCommand<{ file: string; removed: string[] }> {
  static override summary = 'Take every setting out of a file; contexts stay.';
  static override examples = [
    '<%= config.bin %> config reset',
    '<%= config.bin %> config reset --all --yes',
  ];
  static override flags = {
    in: layerFlag(),
    all: Flags.boolean({ description: 'Contexts too; their stored secrets stay.' }),
  };

  protected override async plan(): Promise<Plan> {
    const given = this.flagsOf(ConfigReset);
    const { planConfigReset } = await import('../../lib/operations/config/change.js');
    return planConfigReset({ paths: this.session.paths, layer: given.in }, given.all);
  }

  protected override view({ file }: { file: string }): void {
    this.output.print(`${file} is reset.`);
    this.output.note(`  → ${this.config.bin} config history`);
  }
}
