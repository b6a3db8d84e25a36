import { ChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { poolArg } from '../../lib/commands/pool-args.js';
import type { PoolResult } from '../../lib/operations/pool/change.js';

export default class PoolDelete extends ChangeCommand<PoolResult> {
  static override summary = 'Delete a pool; its guests and storages stay.';
  static override description =
    'Refuses a pool that is not empty. Grants on the pool go with it, and are shown beforehand.';
  static override examples = [
    '<%= config.bin %> pool delete web',
    '<%= config.bin %> pool delete web --remove-members --dry-run',
  ];
  static override args = { pool: poolArg };
  static override flags = {
    'remove-members': Flags.boolean({
      description: 'Take guests and storages out of it first.',
      aliases: ['force'],
    }),
  };

  protected override async plan(): Promise<Plan> {
    const { planPoolDelete } = await import('../../lib/operations/pool/change.js');
    const { 'remove-members': removeMembers } = this.flagsOf(PoolDelete);
    return planPoolDelete(await this.pve(), this.argsOf(PoolDelete).pool, removeMembers);
  }

  protected override view({ pool }: PoolResult): void {
    this.output.print(`Pool ${pool} is gone.`);
  }
}
