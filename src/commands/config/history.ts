import { type Column, ListCommand } from '@pmx-cli/kit';

import { layerFlag } from '../../lib/commands/config-layer.js';
import type { HistoryRow } from '../../lib/operations/config/read.js';
import { bytes } from '../../lib/output/format.js';

export default class ConfigHistory extends ListCommand<HistoryRow> {
  static override summary = 'List older versions of a configuration file.';
  static override description = 'Every write keeps the version before; the last 20 stay.';
  static override examples = ['<%= config.bin %> config history'];
  static override flags = { in: layerFlag() };

  protected readonly whenEmpty = 'No older versions.';
  protected readonly columns: ReadonlyArray<Column<HistoryRow>> = [
    { header: 'id', value: (row) => row.id },
    { header: 'replaced', key: 'time', value: (row) => row.time },
    { header: 'size', key: 'bytes', value: (row) => bytes(row.bytes), align: 'right' },
  ];

  protected override async list(): Promise<HistoryRow[]> {
    const { configHistory } = await import('../../lib/operations/config/read.js');
    return configHistory({ paths: this.session.paths }, this.flagsOf(ConfigHistory).in);
  }
}
