import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { layerFlag } from '../../../lib/commands/config-layer.js';
import { profileFieldNames } from '../../../lib/operations/profile/fields.js';
import type { ProfileResult } from '../../../lib/operations/profile/change.js';

export default class VmProfileSet extends ChangeCommand<ProfileResult> {
  static override summary = 'Set fields of a profile for new VMs.';
  static override description = `A profile gives flags to vm create --profile NAME that were left out; flags on the command line win over it,
and it wins over the defaults of context and settings. An empty value takes a field out.

Fields: ${profileFieldNames.join(', ')}.`;
  static override examples = [
    '<%= config.bin %> vm profile set db template=debian-12 memory=8G cores=4 tags=db,prod',
    '<%= config.bin %> vm profile set db net=vmbr0,tag=5 cpu=host --in project',
    '<%= config.bin %> vm profile set db tags=',
  ];
  static override strict = false;
  static override args = {
    name: Args.string({
      description: 'Name of the profile.',
      required: true,
      ignoreStdin: true,
    }),
    field: Args.string({
      description: 'FIELD=VALUE; any number of them.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = { in: layerFlag() };

  protected override async plan(): Promise<Plan> {
    const [name, ...words] = this.positionals as [string, ...string[]];
    const { planProfileSet } = await import('../../../lib/operations/profile/change.js');
    const { paths } = this.session;
    return planProfileSet({ paths, name, layer: this.flagsOf(VmProfileSet).in }, words);
  }

  protected override view({ name, file }: ProfileResult): void {
    this.output.print(`Profile ${name} is set in ${file}.`);
  }
}
