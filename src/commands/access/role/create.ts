import { Args, Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { RoleChanged } from '../../../lib/operations/access/role.js';

export default class AccessRoleCreate extends ChangeCommand<RoleChanged> {
  static override summary = 'Create a role from privileges.';
  static override description = 'What a command needs at least tells "pmx auth role --for ...".';
  static override examples = [
    '<%= config.bin %> access role create Watcher --privilege VM.Audit,Datastore.Audit',
    '<%= config.bin %> access role create Starter --privilege VM.Audit --privilege VM.PowerMgmt',
  ];
  static override args = {
    role: Args.string({ description: 'Name of the role.', required: true, ignoreStdin: true }),
  };
  static override flags = {
    privilege: Flags.string({
      description: 'Privileges, separated by commas; may be given several times.',
      helpValue: 'PRIVILEGE,…',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
      required: true,
    }),
  };

  protected override async plan(): Promise<Plan> {
    const { role } = this.argsOf(AccessRoleCreate);
    const { privilege } = this.flagsOf(AccessRoleCreate);
    const { planRoleCreate } = await import('../../../lib/operations/access/role.js');
    return planRoleCreate(await this.pve(), role, privilege);
  }

  protected override view({ role, privileges }: RoleChanged): void {
    this.output.print(`Role ${role} is there: ${privileges.join(', ')}.`);
  }
}
