import { type Column, ListCommand } from '@pmx-cli/kit';

import type { Finding } from '../../lib/operations/config/audit.js';

export default class ConfigAudit extends ListCommand<Finding> {
  static override summary = 'Look for what is wrong or unwise in the configuration.';
  static override description =
    'Asks no server and no keychain. What is found is listed, with exit code 0.';
  static override examples = ['<%= config.bin %> config audit'];

  protected readonly whenEmpty = 'Nothing found.';
  protected readonly columns: ReadonlyArray<Column<Finding>> = [
    { header: 'level', value: (row) => row.level },
    { header: 'where', value: (row) => row.where },
    { header: 'finding', value: (row) => row.finding },
  ];

  protected override async list(): Promise<Finding[]> {
    const { auditConfig } = await import('../../lib/operations/config/audit.js');
    return auditConfig({ paths: this.session.paths });
  }
}
