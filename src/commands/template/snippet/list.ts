import { type Column, ListCommand } from '@pmx-cli/kit';

import type { Snippet } from '../../../lib/operations/template/bake/snippets.js';

export default class TemplateSnippetList extends ListCommand<Snippet> {
  static override summary = 'List the snippets that template create --snippet puts into templates.';
  static override examples = [
    '<%= config.bin %> template snippet list',
    '<%= config.bin %> template snippet list -o name',
  ];

  protected readonly columns: ReadonlyArray<Column<Snippet>> = [
    { header: 'ID', value: ({ id }) => id, key: 'id' },
    { header: 'TITLE', value: ({ title }) => title, key: 'title' },
    {
      header: 'FOR',
      value: ({ packages }) => (packages ? Object.keys(packages).join(', ') : 'all'),
      key: 'packages',
    },
  ];
  protected readonly whenEmpty = 'There are no snippets.';

  protected override async list(): Promise<Snippet[]> {
    const { loadSnippets } = await import('../../../lib/operations/template/bake/snippets.js');
    return loadSnippets();
  }
}
