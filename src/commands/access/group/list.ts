import { type Column, ListCommand } from '@pmx-cli/kit';

import type { Group } from '../../../lib/operations/access/read.js';

export default class AccessGroupList extends ListCommand<Group> {
  static override summary = 'List the groups of users.';
  static override examples = [
    '<%= config.bin %> access group list',
    '<%= config.bin %> access group list -o yaml',
  ];

  protected readonly whenEmpty = 'No groups that you may see.';
  protected readonly columns: ReadonlyArray<Column<Group>> = [
    { header: 'group', value: (row) => row.group },
    { header: 'users', value: (row) => row.users.join(',') },
    { header: 'comment', value: (row) => row.comment },
  ];

  protected override reference({ group }: Group): string {
    return group;
  }

  protected override async list(): Promise<Group[]> {
    const { readGroups } = await import('../../../lib/operations/access/read.js');
    return readGroups(await this.pve());
  }
}
