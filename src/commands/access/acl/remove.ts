import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { subjectFlags, subjectsOf } from '../../../lib/commands/access-flags.js';
import type { AclChanged } from '../../../lib/operations/access/acl.js';

export default class AccessAclRemove extends ChangeCommand<AclChanged> {
  static override summary = 'Take roles on a path from users, groups or API tokens.';
  static override examples = [
    '<%= config.bin %> access acl remove /vms/101 --role PVEVMUser --user ann@pve',
    "<%= config.bin %> access acl remove / --role PVEAuditor --token 'ci@pve!deploy'",
  ];
  static override args = {
    path: Args.string({
      description: 'Path on which they were given.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = subjectFlags;

  protected override async plan(): Promise<Plan> {
    const { path } = this.argsOf(AccessAclRemove);
    const given = this.flagsOf(AccessAclRemove);
    const { planAclRemove } = await import('../../../lib/operations/access/acl.js');
    const request = { path, roles: given.role, subjects: subjectsOf(given) };
    return planAclRemove(await this.pve(), request);
  }

  protected override view({ path, roles, who }: AclChanged): void {
    this.output.print(`${who.join(', ')}: no longer ${roles.join(', ')} on ${path}.`);
  }
}
