import { args, ChangeCommand, type Plan } from '@pmx-cli/kit';

import { layerFlag } from '../../../lib/commands/config-layer.js';
import type { ProfileResult } from '../../../lib/operations/profile/change.js';

export default class VmProfileRemove extends ChangeCommand<ProfileResult> {
  static override summary = 'Remove a profile for new VMs.';
  static override examples = ['<%= config.bin %> vm profile remove db'];
  static override args = { name: args.one('profile') };
  static override flags = { in: layerFlag() };

  protected override async plan(): Promise<Plan> {
    const { planProfileRemove } = await import('../../../lib/operations/profile/change.js');
    const { paths } = this.session;
    const { name } = this.argsOf(VmProfileRemove);
    return planProfileRemove({ paths, name, layer: this.flagsOf(VmProfileRemove).in });
  }

  protected override view({ name, file }: ProfileResult): void {
    this.output.print(`Profile ${name} is gone from ${file}.`);
  }
}
