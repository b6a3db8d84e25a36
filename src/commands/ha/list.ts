import { type Column, ListCommand } from '@pmx-cli/kit';

import type { HaResource } from '../../lib/operations/ha/read.js';

export default class HaList extends ListCommand<HaResource> {
  static override summary = 'List the guests that HA manages.';
  static override examples = [
    '<%= config.bin %> ha list',
    '<%= config.bin %> ha list --filter state=error --json',
  ];

  protected readonly whenEmpty = 'HA manages no guest.';
  protected readonly columns: ReadonlyArray<Column<HaResource>> = [
    { header: 'resource', key: 'sid', value: (row) => row.sid },
    { header: 'name', value: (row) => row.name },
    { header: 'node', value: (row) => row.node },
    { header: 'requested', value: (row) => row.requested },
    { header: 'state', value: (row) => row.state },
    { header: 'restarts', key: 'maxRestart', value: (row) => row.maxRestart, align: 'right' },
    { header: 'moves', key: 'maxRelocate', value: (row) => row.maxRelocate, align: 'right' },
    { header: 'comment', value: (row) => row.comment },
  ];

  protected override reference({ vmid }: HaResource): string {
    return String(vmid);
  }

  protected override async list(): Promise<HaResource[]> {
    const { listHa } = await import('../../lib/operations/ha/read.js');
    const inventory = await this.inventory();
    return listHa(await this.pve(), await inventory.guests());
  }
}
