import { type Column, ListCommand } from '@pmx-cli/kit';

import type { Profile } from '../../../lib/operations/profile/read.js';

export default class VmProfileList extends ListCommand<Profile> {
  static override summary = 'List the profiles for new VMs.';
  static override examples = ['<%= config.bin %> vm profile list'];

  protected readonly whenEmpty =
    'No profiles. Make one: pmx vm profile set db memory=8G cores=4 template=debian-12';
  protected readonly columns: ReadonlyArray<Column<Profile>> = [
    { header: 'name', value: (row) => row.name },
    {
      header: 'says',
      key: 'values',
      value: (row) =>
        Object.entries(row.values)
          .map(([field, value]) => `${field}=${String(value)}`)
          .join(' '),
    },
    { header: 'source', value: (row) => row.source, wide: true },
  ];

  protected override async list(): Promise<Profile[]> {
    const { readProfiles } = await import('../../../lib/operations/profile/read.js');
    return readProfiles(this.session.paths);
  }
}
