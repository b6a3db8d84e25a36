import { Args } from '@oclif/core';
import { type Column, ListCommand } from '@pmx-cli/kit';

import { catalogColumns } from '../../lib/commands/catalog-columns.js';
import type { CatalogRow } from '../../lib/operations/catalog/read.js';

export default class CatalogSearch extends ListCommand<CatalogRow> {
  static override summary = 'Search the distributions.';
  static override description = `Finds entries that have every word in their name, version, code name, aliases, architecture, user or status.`;
  static override examples = [
    '<%= config.bin %> catalog search bsd',
    '<%= config.bin %> catalog search ubuntu aarch64',
  ];
  static override strict = false;
  static override args = {
    word: Args.string({ description: 'What to look for.', required: true, ignoreStdin: true }),
  };

  protected readonly columns: ReadonlyArray<Column<CatalogRow>> = catalogColumns;
  protected readonly whenEmpty = 'No distribution has all of these words.';

  protected override async list(): Promise<CatalogRow[]> {
    const [{ loadCatalog }, { rowOf }] = await Promise.all([
      import('../../lib/operations/catalog/load.js'),
      import('../../lib/operations/catalog/read.js'),
    ]);
    const catalog = await loadCatalog(await this.session.settings.get('catalog'));
    const words = (await this.parse(CatalogSearch)).argv as string[];
    return catalog.search(words).map(rowOf);
  }
}
