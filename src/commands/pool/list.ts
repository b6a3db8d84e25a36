import { type Column, ListCommand } from '@pmx-cli/kit';

import type { Pool } from '../../lib/operations/pool/read.js';

export default class PoolList extends ListCommand<Pool> {
  static override summary = 'List pools.';
  static override examples = ['<%= config.bin %> pool list', '<%= config.bin %> pool list --json'];

  protected readonly whenEmpty = 'No pools that you may see. Make one: pmx pool create NAME';
  protected readonly columns: ReadonlyArray<Column<Pool>> = [
    { header: 'pool', value: (row) => row.pool },
    { header: 'guests', value: (row) => row.guests, align: 'right' },
    { header: 'comment', value: (row) => row.comment },
  ];

  protected override reference(row: Pool): string {
    return row.pool;
  }

  protected override async list(): Promise<Pool[]> {
    const { listPools } = await import('../../lib/operations/pool/read.js');
    return listPools(await this.pve(), await this.inventory());
  }
}
