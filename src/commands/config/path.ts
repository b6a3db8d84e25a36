import { type Column, ListCommand } from '@pmx-cli/kit';

import type { FileRow } from '../../lib/operations/config/read.js';

export default class ConfigPath extends ListCommand<FileRow> {
  static override summary = 'Show where the configuration files are.';
  static override examples = ['<%= config.bin %> config path'];

  protected readonly whenEmpty = 'No files.';
  protected readonly columns: ReadonlyArray<Column<FileRow>> = [
    { header: 'layer', value: (row) => row.layer },
    { header: 'path', value: (row) => row.path },
    { header: 'there', key: 'exists', value: (row) => (row.exists ? 'yes' : 'no') },
  ];

  protected override async list(): Promise<FileRow[]> {
    const { configFiles } = await import('../../lib/operations/config/read.js');
    return configFiles({ paths: this.session.paths });
  }
}
