import { ChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { poolArg } from '../../lib/commands/pool-args.js';
import type { PoolResult } from '../../lib/operations/pool/change.js';

export default class PoolCreate extends ChangeCommand<PoolResult> {
  static override summary = 'Create a pool.';
  static override examples = [
    '<%= config.bin %> pool create web',
    '<%= config.bin %> pool create customers/acme --comment "Contract 4711"',
  ];
  static override args = { pool: poolArg };
  static override flags = { comment: Flags.string({ description: 'What it is for.' }) };

  protected override async plan(): Promise<Plan> {
    const { planPoolCreate } = await import('../../lib/operations/pool/change.js');
    const { comment } = this.flagsOf(PoolCreate);
    return planPoolCreate(await this.pve(), this.argsOf(PoolCreate).pool, comment);
  }

  protected override view({ pool }: PoolResult): void {
    this.output.print(`Pool ${pool} is there.`);
  }
}
