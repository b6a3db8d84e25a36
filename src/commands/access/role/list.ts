import { type Column, ListCommand } from '@pmx-cli/kit';

import type { Role } from '../../../lib/operations/access/read.js';

export default class AccessRoleList extends ListCommand<Role> {
  static override summary = 'List the roles with their privileges.';
  static override examples = [
    '<%= config.bin %> access role list',
    '<%= config.bin %> access role list --filter builtIn=false',
  ];

  protected readonly whenEmpty = 'No roles.';
  protected readonly columns: ReadonlyArray<Column<Role>> = [
    { header: 'role', value: (row) => row.role },
    { header: 'builtin', key: 'builtIn', value: (row) => row.builtIn },
    { header: 'privileges', value: (row) => row.privileges.join(',') },
  ];

  protected override reference({ role }: Role): string {
    return role;
  }

  protected override async list(): Promise<Role[]> {
    const { readRoles } = await import('../../../lib/operations/access/read.js');
    return readRoles(await this.pve());
  }
}
