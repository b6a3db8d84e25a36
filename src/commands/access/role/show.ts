import { Args } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import { grantLines } from '../../../lib/commands/grant-lines.js';
import type { RoleDetails } from '../../../lib/operations/access/show.js';

export default class AccessRoleShow extends ShowCommand<RoleDetails> {
  static override summary = 'Show a role with its privileges and who has it.';
  static override examples = [
    '<%= config.bin %> access role show PVEVMUser',
    '<%= config.bin %> access role show PVEVMUser --json',
  ];
  static override args = {
    role: Args.string({ description: 'Name of the role.', required: true, ignoreStdin: true }),
  };

  protected override async show(): Promise<RoleDetails> {
    const { role } = this.argsOf(AccessRoleShow);
    const { showRole } = await import('../../../lib/operations/access/show.js');
    return showRole(await this.pve(), role);
  }

  protected override view(role: RoleDetails): void {
    this.output.fields([
      ['Role', role.role],
      ['Built in', role.builtIn ? 'yes' : 'no'],
      ['Privileges', role.privileges.join('\n')],
      ['Given', grantLines(role.grants)],
    ]);
  }
}
