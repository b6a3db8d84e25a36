import { type Column, flags, ListCommand, type Storage } from '@pmx-cli/kit';

import { bytes } from '../../lib/output/format.js';

export default class StorageList extends ListCommand<Storage> {
  static override summary = 'List storages with what they take and how full they are.';
  static override examples = [
    '<%= config.bin %> storage list',
    '<%= config.bin %> storage list --node pve1',
  ];
  static override flags = { node: flags.onNode('Only storages of this node.') };

  protected readonly whenEmpty = 'No storages that you may see.';
  protected readonly columns: ReadonlyArray<Column<Storage>> = [
    { header: 'storage', value: (row) => row.storage },
    { header: 'node', value: (row) => row.node },
    { header: 'type', value: (row) => row.type },
    { header: 'shared', value: (row) => row.shared },
    { header: 'active', value: (row) => row.active },
    { header: 'used', key: 'usedBytes', value: (row) => bytes(row.usedBytes), align: 'right' },
    { header: 'total', key: 'totalBytes', value: (row) => bytes(row.totalBytes), align: 'right' },
    { header: 'content', value: (row) => row.content.join(',') },
  ];

  protected override async list(): Promise<Storage[]> {
    const { node } = this.flagsOf(StorageList);
    const inventory = await this.inventory();
    if (node !== undefined) await inventory.node(node);
    return inventory.storages(node);
  }
}
