import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { RoleChanged } from '../../../lib/operations/access/role.js';

export default class AccessRoleDelete extends ChangeCommand<RoleChanged> {
  static override summary = 'Delete roles, and take them from whoever has them.';
  static override examples = [
    '<%= config.bin %> access role delete Watcher',
    '<%= config.bin %> access role delete Watcher --dry-run',
  ];
  static override strict = false;
  static override args = {
    role: Args.string({ description: 'Names of roles.', required: true, ignoreStdin: true }),
  };

  protected override async plan(): Promise<Plan[]> {
    const { planRoleDeletes } = await import('../../../lib/operations/access/role.js');
    return planRoleDeletes(await this.pve(), this.positionals);
  }

  protected override view({ role }: RoleChanged): void {
    this.output.print(`Role ${role} is gone.`);
  }
}
