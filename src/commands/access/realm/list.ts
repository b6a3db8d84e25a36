import { type Column, ListCommand } from '@pmx-cli/kit';

import type { AccessRealm } from '../../../lib/operations/access/read.js';

export default class AccessRealmList extends ListCommand<AccessRealm> {
  static override summary = 'List the realms that users come from.';
  static override examples = [
    '<%= config.bin %> access realm list',
    '<%= config.bin %> access realm list --json',
  ];

  protected readonly whenEmpty = 'No realms.';
  protected readonly columns: ReadonlyArray<Column<AccessRealm>> = [
    { header: 'realm', value: (row) => row.realm },
    { header: 'type', value: (row) => row.type },
    { header: 'default', value: (row) => row.default },
    { header: 'tfa', key: 'secondFactor', value: (row) => row.secondFactor },
    { header: 'comment', value: (row) => row.comment },
  ];

  protected override reference({ realm }: AccessRealm): string {
    return realm;
  }

  protected override async list(): Promise<AccessRealm[]> {
    const { readRealms } = await import('../../../lib/operations/access/read.js');
    return readRealms(await this.pve());
  }
}
