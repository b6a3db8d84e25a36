import { Args, Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { GroupChanged } from '../../../lib/operations/access/group.js';

export default class AccessGroupCreate extends ChangeCommand<GroupChanged> {
  static override summary = 'Create a group of users.';
  static override examples = [
    '<%= config.bin %> access group create ops',
    '<%= config.bin %> access group create ops --comment "Operators"',
  ];
  static override args = {
    group: Args.string({ description: 'Name of the group.', required: true, ignoreStdin: true }),
  };
  static override flags = {
    comment: Flags.string({ description: 'What it is for.', helpValue: 'TEXT' }),
  };

  protected override async plan(): Promise<Plan> {
    const { group } = this.argsOf(AccessGroupCreate);
    const { comment } = this.flagsOf(AccessGroupCreate);
    const { planGroupCreate } = await import('../../../lib/operations/access/group.js');
    return planGroupCreate(await this.pve(), group, comment);
  }

  protected override view({ group }: GroupChanged): void {
    this.output.print(`Group ${group} is there.`);
  }
}
