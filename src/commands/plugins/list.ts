import { type Column, ListCommand } from '@pmx-cli/kit';

import type { PluginRow } from '../../lib/operations/plugins/read.js';

export default class PluginsList extends ListCommand<PluginRow> {
  static override summary = 'List installed plugins.';
  static override examples = [
    '<%= config.bin %> plugins list',
    '<%= config.bin %> plugins list -o wide --filter status=broken',
  ];

  protected override readonly columns: ReadonlyArray<Column<PluginRow>> = [
    { header: 'NAME', key: 'name', value: ({ name }) => name },
    { header: 'VERSION', key: 'version', value: ({ version }) => version ?? undefined },
    { header: 'TYPE', key: 'type', value: ({ type }) => type },
    { header: 'STATUS', key: 'status', value: ({ status }) => status },
    {
      header: 'COMMANDS',
      key: 'commands',
      value: ({ commands }) => commands,
      align: 'right',
    },
    { header: 'HOOKS', key: 'hooks', value: ({ hooks }) => hooks.join(',') || undefined },
    {
      header: 'PROBLEM',
      key: 'problem',
      value: ({ problem }) => problem ?? undefined,
      wide: true,
    },
    { header: 'SOURCE', key: 'source', value: ({ source }) => source ?? undefined, wide: true },
  ];
  protected override readonly whenEmpty = 'No plugins are installed.';

  protected override async list(): Promise<PluginRow[]> {
    const { listPlugins } = await import('../../lib/operations/plugins/read.js');
    return listPlugins(this.session.paths.data);
  }
}
