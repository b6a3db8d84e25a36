import { ShowCommand } from '@pmx-cli/kit';

import { poolArg } from '../../lib/commands/pool-args.js';
import type { PoolDetails } from '../../lib/operations/pool/read.js';

export default class PoolShow extends ShowCommand<PoolDetails> {
  static override summary = 'Show a pool with its guests and storages.';
  static override examples = [
    '<%= config.bin %> pool show web',
    '<%= config.bin %> pool show web --json',
  ];
  static override args = { pool: poolArg };

  protected override async show(): Promise<PoolDetails> {
    const { readPool } = await import('../../lib/operations/pool/read.js');
    return readPool(await this.pve(), this.argsOf(PoolShow).pool);
  }

  protected override view({ pool, comment, guests, storages }: PoolDetails): void {
    this.output.fields([
      ['Pool', pool],
      ['Comment', comment],
      [
        'Guests',
        guests
          .map(({ vmid, name, status, node }) => `${vmid} (${name}), ${status} on ${node}`)
          .join('\n') || 'none',
      ],
      ['Storages', storages.join(', ')],
    ]);
  }
}
