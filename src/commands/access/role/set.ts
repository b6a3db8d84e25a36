import { Args, Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { RoleChanged } from '../../../lib/operations/access/role.js';

export default class AccessRoleSet extends ChangeCommand<RoleChanged> {
  static override summary = 'Change the privileges of a role.';
  static override examples = [
    '<%= config.bin %> access role set Watcher --add VM.Console',
    '<%= config.bin %> access role set Watcher --remove Datastore.Audit',
    '<%= config.bin %> access role set Watcher --privilege VM.Audit',
  ];
  static override args = {
    role: Args.string({ description: 'Name of the role.', required: true, ignoreStdin: true }),
  };
  static override flags = {
    privilege: Flags.string({
      description: 'These instead of what it has.',
      helpValue: 'PRIVILEGE,…',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
    }),
    add: Flags.string({
      description: 'These as well.',
      helpValue: 'PRIVILEGE,…',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
    }),
    remove: Flags.string({
      description: 'These no longer.',
      helpValue: 'PRIVILEGE,…',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
    }),
  };

  protected override async plan(): Promise<Plan> {
    const { role } = this.argsOf(AccessRoleSet);
    const { privilege, add, remove } = this.flagsOf(AccessRoleSet);
    const { planRoleSet } = await import('../../../lib/operations/access/role.js');
    return planRoleSet(await this.pve(), role, {
      ...(privilege && { privileges: privilege }),
      ...(add && { add }),
      ...(remove && { remove }),
    });
  }

  protected override view({ role, privileges }: RoleChanged): void {
    this.output.print(`Role ${role} has now: ${privileges.join(', ') || 'no privileges'}.`);
  }
}
