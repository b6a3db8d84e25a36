import { type Column, ListCommand } from '@pmx-cli/kit';

import type { HaStatus as Row } from '../../lib/operations/ha/read.js';

export default class HaStatus extends ListCommand<Row> {
  static override summary = 'Show what HA is doing: quorum, managers, services.';
  static override examples = ['<%= config.bin %> ha status', '<%= config.bin %> ha status --watch'];

  protected readonly whenEmpty = 'HA says nothing.';
  protected readonly columns: ReadonlyArray<Column<Row>> = [
    { header: 'id', value: (row) => row.id },
    { header: 'node', value: (row) => row.node },
    { header: 'status', value: (row) => row.status },
  ];

  protected override async list(): Promise<Row[]> {
    const { haStatus } = await import('../../lib/operations/ha/read.js');
    return haStatus(await this.pve());
  }
}
