import { type Column, ListCommand } from '@pmx-cli/kit';

import type { User } from '../../../lib/operations/access/read.js';
import { untilText } from '../../../lib/commands/grant-lines.js';

export default class AccessUserList extends ListCommand<User> {
  static override summary = 'List the users.';
  static override examples = [
    '<%= config.bin %> access user list',
    '<%= config.bin %> access user list --filter enabled=false --json',
  ];

  protected readonly whenEmpty = 'No users that you may see.';
  protected readonly columns: ReadonlyArray<Column<User>> = [
    { header: 'user', value: (row) => row.user },
    { header: 'enabled', value: (row) => row.enabled },
    { header: 'expires', key: 'expiresSeconds', value: (row) => untilText(row.expiresSeconds) },
    { header: 'groups', value: (row) => row.groups.join(',') },
    { header: 'tokens', value: (row) => row.tokens.length, align: 'right' },
    { header: 'comment', value: (row) => row.comment },
    { header: 'email', value: (row) => row.email, wide: true },
    { header: 'realm', value: (row) => row.realm, wide: true },
  ];

  protected override reference({ user }: User): string {
    return user;
  }

  protected override async list(): Promise<User[]> {
    const { readUsers } = await import('../../../lib/operations/access/read.js');
    return readUsers(await this.pve());
  }
}
