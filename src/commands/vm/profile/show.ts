import { args, ShowCommand } from '@pmx-cli/kit';

import type { Profile } from '../../../lib/operations/profile/read.js';

export default class VmProfileShow extends ShowCommand<Profile> {
  static override summary = 'Show a profile for new VMs.';
  static override examples = ['<%= config.bin %> vm profile show db'];
  static override args = { name: args.one('profile') };

  protected override async show(): Promise<Profile> {
    const { findProfile } = await import('../../../lib/operations/profile/read.js');
    return findProfile(this.session.paths, this.argsOf(VmProfileShow).name);
  }

  protected override view({ name, source, values }: Profile): void {
    this.output.fields([
      ['Profile', name],
      ['Source', source],
      ...Object.entries(values).map(([field, value]) => [field, String(value)] as const),
    ]);
  }
}
