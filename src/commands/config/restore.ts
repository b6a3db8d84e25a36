import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { layerFlag } from '../../lib/commands/config-layer.js';

export default class ConfigRestore extends ChangeCommand<{ file: string; changed: boolean }> {
  static override summary = 'Bring an older version of a configuration file back.';
  static override examples = ['<%= config.bin %> config restore 20261120T104233123Z'];
  static override args = {
    id: Args.string({
      description: 'Id from pmx config history.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = { in: layerFlag() };

  protected override async plan(): Promise<Plan> {
    const { planRestore } = await import('../../lib/operations/config/replace.js');
    return planRestore(
      { paths: this.session.paths, layer: this.flagsOf(ConfigRestore).in },
      this.argsOf(ConfigRestore).id,
    );
  }

  protected override view({ file, changed }: { file: string; changed: boolean }): void {
    this.output.print(changed ? `${file} is restored.` : `${file} is as it was.`);
  }
}
