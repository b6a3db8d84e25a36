import { type Column, ListCommand } from '@pmx-cli/kit';

import { catalogColumns } from '../../lib/commands/catalog-columns.js';
import type { CatalogRow } from '../../lib/operations/catalog/read.js';

export default class CatalogList extends ListCommand<CatalogRow> {
  static override summary = 'List the distributions that templates can be made from.';
  static override description = `Entries of your own stand in the file that the setting "catalog" names; they win over those of the same id.`;
  static override examples = [
    '<%= config.bin %> catalog list',
    '<%= config.bin %> catalog list --filter status=supported -o wide',
  ];

  protected readonly columns: ReadonlyArray<Column<CatalogRow>> = catalogColumns;
  protected readonly whenEmpty = 'No distributions.';

  protected override async list(): Promise<CatalogRow[]> {
    const [{ loadCatalog }, { rowOf }] = await Promise.all([
      import('../../lib/operations/catalog/load.js'),
      import('../../lib/operations/catalog/read.js'),
    ]);
    const catalog = await loadCatalog(await this.session.settings.get('catalog'));
    return catalog.entries.map(rowOf);
  }
}
