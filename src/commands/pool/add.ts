import { Flags } from '@oclif/core';
import { type Plan, targetFlags } from '@pmx-cli/kit';

import { poolMemberArgs } from '../../lib/commands/pool-args.js';
import { PoolMembersCommand } from '../../lib/commands/pool-members-command.js';
import type { MembersResult } from '../../lib/operations/pool/change.js';

export default class PoolAdd extends PoolMembersCommand {
  static override summary = 'Put guests and storages into a pool.';
  static override examples = [
    "<%= config.bin %> pool add web web-01 'web-1*'",
    '<%= config.bin %> pool add web --storage local',
    '<%= config.bin %> pool add web 110-120 --move',
    "<%= config.bin %> pool add web -l 'tag=web'",
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
    move: Flags.boolean({ description: 'Also guests that are in another pool; they leave it.' }),
  };

  protected override async plan(): Promise<Plan> {
    const { planPoolAdd } = await import('../../lib/operations/pool/change.js');
    const { move } = this.flagsOf(PoolAdd);
    const members = await this.members();
    return planPoolAdd(await this.pve(), await this.inventory(), { ...members, move });
  }

  protected override view({ pool, vms, storages }: MembersResult): void {
    const count = vms.length + storages.length;
    this.output.print(count === 0 ? `Pool ${pool} had them already.` : `Pool ${pool} has them.`);
  }
}
