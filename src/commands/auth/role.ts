import { Flags } from '@oclif/core';
import { ChangeCommand, noPlan, type Plan, rehearseLine } from '@pmx-cli/kit';

import type { RoleSet } from '../../lib/operations/permissions/role.js';

export default class AuthRole extends ChangeCommand<RoleSet> {
  static override summary = 'Work out the least roles for commands, and give them on request.';
  static override description = `Plans the command lines without carrying them out, and prints the fewest privileges on the narrowest
paths that their API calls need, taking back included. Run it with rights that see everything. Paths
hold the ids that the plans have now: for a VMID that is still to be picked, name one with --vmid, or
use --pool.`;
  static override examples = [
    '<%= config.bin %> auth role --for "vm create web-01 --template debian-12 --vmid 200 --start" --for "vm list"',
    `<%= config.bin %> auth role --for "vm delete web-01 --stop" --token 'ci@pve!pmx' --name Deleter --apply`,
    '<%= config.bin %> auth role --for "template create --image debian-12.qcow2" --json',
  ];
  static override flags = {
    for: Flags.string({
      description: 'A pmx command line in quotes. May be given several times.',
      required: true,
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'COMMAND',
    }),
    name: Flags.string({
      description: 'What the names of the roles begin with.',
      default: 'Pmx',
      helpValue: 'NAME',
    }),
    user: Flags.string({
      description: 'Who gets the rights: a user.',
      helpValue: 'USER@REALM',
      exclusive: ['token'],
    }),
    token: Flags.string({
      description: 'Who gets the rights: an API token, and its user with it.',
      helpValue: 'USER@REALM!TOKEN',
    }),
    apply: Flags.boolean({ description: 'Create the roles and the ACLs.' }),
  };

  override async run(): ReturnType<ChangeCommand<RoleSet>['run']> {
    const { apply } = this.flagsOf(AuthRole);
    if (apply || this.parsedFlags['dry-run'] === true) return super.run();
    const set = await this.#derive();
    if (!this.output.machine) this.#print(set);
    return set;
  }

  protected override async planOnly(): Promise<Plan[]> {
    throw noPlan(this.id);
  }

  protected override async plan(): Promise<Plan> {
    const { planRole } = await import('../../lib/operations/permissions/role.js');
    return planRole(await this.pve(), await this.#derive());
  }

  async #derive(): Promise<RoleSet> {
    const given = this.flagsOf(AuthRole);
    const { deriveRole } = await import('../../lib/operations/permissions/role.js');
    const rehearsed = [];
    for (const line of given.for)
      rehearsed.push(await rehearseLine([line], this.config, this.session));
    return deriveRole(await this.pve(), this.session.paths.cache, { rehearsed, ...given });
  }

  protected override view(set: RoleSet): void {
    this.output.print(
      `${set.token ?? set.user} has ${set.roles.map(({ name }) => name).join(', ')} on ${set.acls.length} paths.`,
    );
  }

  /** As lines to paste on a node. */
  #print({ roles, acls, user, token, refused, unknown, notes }: RoleSet): void {
    const whom = user ?? 'USER@REALM';
    for (const { name, privileges } of roles)
      this.output.print(`pveum role add ${name} --privs ${privileges.join(',')}`);
    for (const { path, role, propagate } of acls) {
      const subjects = `--users ${whom}${token === null ? '' : ` --tokens '${token}'`}`;
      this.output.print(
        `pveum acl modify ${path} ${subjects} --roles ${role} --propagate ${Number(propagate)}`,
      );
    }
    if (roles.length === 0) this.output.note('Any valid login is enough.');
    for (const { what, step } of refused)
      this.output.warn(
        `No role is enough: ${what} is for root@pam with its password only (${step}).`,
      );
    for (const note of notes) this.output.note(note);
    for (const what of unknown) this.output.warn(`Could not be told: ${what}.`);
  }
}
