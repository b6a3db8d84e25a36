import { Flags } from '@oclif/core';
import { type Column, ListCommand } from '@pmx-cli/kit';

import type { SettingRow } from '../../lib/operations/config/read.js';

export default class ConfigView extends ListCommand<SettingRow> {
  static override summary = 'Show every setting with its value.';
  static override description =
    'Flags win over PMX_* variables, these over the project file, then your own file, /etc/pmx/config.yaml, and the defaults.';
  static override examples = [
    '<%= config.bin %> config view',
    '<%= config.bin %> config view --origins',
  ];
  static override flags = {
    origins: Flags.boolean({ description: 'Show who said so, and who else did and lost.' }),
  };

  protected readonly whenEmpty = 'No settings.';
  protected get columns(): ReadonlyArray<Column<SettingRow>> {
    const columns: Array<Column<SettingRow>> = [
      { header: 'key', value: (row) => row.key },
      { header: 'value', value: valueOf },
    ];
    if (!this.flagsOf(ConfigView).origins) return columns;
    return [
      ...columns,
      { header: 'from', value: (row) => row.layer },
      { header: 'source', value: (row) => row.source },
      {
        header: 'overrides',
        value: (row) => row.overridden.map(({ layer }) => layer).join(', ') || undefined,
      },
    ];
  }

  protected override async list(): Promise<SettingRow[]> {
    const { viewConfig } = await import('../../lib/operations/config/read.js');
    const { rows, warnings } = await viewConfig({
      paths: this.session.paths,
      flags: this.parsedFlags,
    });
    for (const warning of warnings) this.output.warn(warning);
    for (const { problem } of rows) if (problem !== undefined) this.output.warn(problem);
    return rows;
  }
}

function valueOf({ value }: SettingRow): string | number | boolean | undefined {
  if (value === null) return undefined;
  return typeof value === 'object' ? Object.values(value).join(', ') : value;
}
