import { Args, Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { subjectFlags, subjectsOf } from '../../../lib/commands/access-flags.js';
import type { AclChanged } from '../../../lib/operations/access/acl.js';

export default class AccessAclSet extends ChangeCommand<AclChanged> {
  static override summary = 'Give roles on a path to users, groups or API tokens.';
  static override description =
    'What is given on a path replaces what is inherited there. A token can do what both it and its user may.';
  static override examples = [
    '<%= config.bin %> access acl set /vms/101 --role PVEVMUser --user ann@pve',
    "<%= config.bin %> access acl set / --role PVEAuditor --user ci@pve --token 'ci@pve!deploy'",
    '<%= config.bin %> access acl set /pool/lab --role PVEVMAdmin --group ops --no-propagate',
  ];
  static override args = {
    path: Args.string({
      description: 'Path, for example /vms/101, /pool/lab or /.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    ...subjectFlags,
    propagate: Flags.boolean({
      description: 'Also for everything below the path.',
      default: true,
      allowNo: true,
    }),
  };

  protected override async plan(): Promise<Plan> {
    const { path } = this.argsOf(AccessAclSet);
    const given = this.flagsOf(AccessAclSet);
    const { planAclSet } = await import('../../../lib/operations/access/acl.js');
    const request = { path, roles: given.role, subjects: subjectsOf(given) };
    return planAclSet(await this.pve(), request, given.propagate);
  }

  protected override view({ path, roles, who }: AclChanged): void {
    this.output.print(`${who.join(', ')}: ${roles.join(', ')} on ${path}.`);
  }
}
