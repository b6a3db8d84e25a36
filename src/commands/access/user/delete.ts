import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { UserDeleted } from '../../../lib/operations/access/user.js';

export default class AccessUserDelete extends ChangeCommand<UserDeleted> {
  static override summary = 'Delete users with their API tokens and rights.';
  static override examples = [
    '<%= config.bin %> access user delete ci@pve',
    '<%= config.bin %> access user delete ann@pve ben@pve --dry-run',
  ];
  static override strict = false;
  static override args = {
    user: Args.string({ description: 'Names with realm.', required: true, ignoreStdin: true }),
  };

  protected override async plan(): Promise<Plan[]> {
    const { planUserDeletes } = await import('../../../lib/operations/access/user.js');
    return planUserDeletes(await this.pve(), this.positionals);
  }

  protected override view({ user }: UserDeleted): void {
    this.output.print(`User ${user} is gone.`);
  }
}
