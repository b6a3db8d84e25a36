import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { GroupChanged } from '../../../lib/operations/access/group.js';

export default class AccessGroupDelete extends ChangeCommand<GroupChanged> {
  static override summary = 'Delete groups with their rights; their users stay.';
  static override examples = [
    '<%= config.bin %> access group delete ops',
    '<%= config.bin %> access group delete ops --yes',
  ];
  static override strict = false;
  static override args = {
    group: Args.string({ description: 'Names of groups.', required: true, ignoreStdin: true }),
  };

  protected override async plan(): Promise<Plan[]> {
    const { planGroupDeletes } = await import('../../../lib/operations/access/group.js');
    return planGroupDeletes(await this.pve(), this.positionals);
  }

  protected override view({ group }: GroupChanged): void {
    this.output.print(`Group ${group} is gone.`);
  }
}
