import { type Column, ListCommand } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import type { Grant } from '../../../lib/operations/access/read.js';

export default class AccessAclList extends ListCommand<Grant> {
  static override summary = 'List who has which role on which path.';
  static override examples = [
    '<%= config.bin %> access acl list',
    '<%= config.bin %> access acl list --path /vms/101',
    '<%= config.bin %> access acl list --who ci@pve --json',
  ];
  static override flags = {
    path: Flags.string({
      description: 'Only what is given on this path itself.',
      helpValue: 'PATH',
    }),
    who: Flags.string({
      description: 'Only what this user, group or token is given.',
      helpValue: 'NAME',
    }),
  };

  protected readonly whenEmpty = 'No rights are given that you may see.';
  protected readonly columns: ReadonlyArray<Column<Grant>> = [
    { header: 'path', value: (row) => row.path },
    { header: 'role', value: (row) => row.role },
    { header: 'type', value: (row) => row.type },
    { header: 'who', value: (row) => row.who },
    { header: 'propagate', value: (row) => row.propagate },
  ];

  protected override reference({ path }: Grant): string {
    return path;
  }

  protected override async list(): Promise<Grant[]> {
    const { path, who } = this.flagsOf(AccessAclList);
    const { readGrants } = await import('../../../lib/operations/access/read.js');
    const { parseAclPath } = await import('../../../lib/operations/access/names.js');
    const wanted = path === undefined ? undefined : parseAclPath(path);
    return (await readGrants(await this.pve()))
      .filter((grant) => wanted === undefined || grant.path === wanted)
      .filter((grant) => who === undefined || grant.who === who);
  }
}
