import { Args } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import { grantLines } from '../../../lib/commands/grant-lines.js';
import type { GroupDetails } from '../../../lib/operations/access/show.js';

export default class AccessGroupShow extends ShowCommand<GroupDetails> {
  static override summary = 'Show a group with its users and rights.';
  static override examples = [
    '<%= config.bin %> access group show admins',
    '<%= config.bin %> access group show admins --json',
  ];
  static override args = {
    group: Args.string({ description: 'Name of the group.', required: true, ignoreStdin: true }),
  };

  protected override async show(): Promise<GroupDetails> {
    const { group } = this.argsOf(AccessGroupShow);
    const { showGroup } = await import('../../../lib/operations/access/show.js');
    return showGroup(await this.pve(), group);
  }

  protected override view(group: GroupDetails): void {
    this.output.fields([
      ['Group', group.group],
      ['Comment', group.comment],
      ['Users', group.users.join(', ')],
      ['Rights', grantLines(group.grants)],
    ]);
  }
}
