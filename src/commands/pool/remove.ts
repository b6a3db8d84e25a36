import { Flags } from '@oclif/core';
import { type Plan, targetFlags } from '@pmx-cli/kit';

import { poolMemberArgs } from '../../lib/commands/pool-args.js';
import { PoolMembersCommand } from '../../lib/commands/pool-members-command.js';
import type { MembersResult } from '../../lib/operations/pool/change.js';

export default class PoolRemove extends PoolMembersCommand {
  static override summary = 'Take guests and storages out of a pool; they themselves stay.';
  static override examples = [
    '<%= config.bin %> pool remove web web-01',
    '<%= config.bin %> pool remove web --storage local --dry-run',
  ];
  static override strict = false;
  static override args = poolMemberArgs;
  static override flags = {
    ...targetFlags,
    storage: Flags.string({
      description: 'A storage; may be given several times.',
      multiple: true,
      helpValue: 'STORAGE',
    }),
  };

  protected override async plan(): Promise<Plan> {
    const { planPoolRemove } = await import('../../lib/operations/pool/change.js');
    return planPoolRemove(await this.pve(), await this.members());
  }

  protected override view({ pool, vms, storages }: MembersResult): void {
    const count = vms.length + storages.length;
    this.output.print(
      count === 0 ? `They were not in pool ${pool}.` : `Pool ${pool} is rid of them.`,
    );
  }
}
