import { Args, Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { userFields, userFlags } from '../../../lib/commands/access-flags.js';
import type { UserChanged } from '../../../lib/operations/access/user.js';

export default class AccessUserSet extends ChangeCommand<UserChanged> {
  static override summary = 'Change a user.';
  static override examples = [
    '<%= config.bin %> access user set ci@pve --disable',
    '<%= config.bin %> access user set ann@pve --group admins --group ops --email ann@example.com',
    "<%= config.bin %> access user set ann@pve --group '' --expire never",
  ];
  static override args = {
    user: Args.string({ description: 'Name with realm.', required: true, ignoreStdin: true }),
  };
  static override flags = {
    ...userFlags,
    enable: Flags.boolean({ description: 'Let it log in again.', exclusive: ['disable'] }),
  };

  protected override async plan(): Promise<Plan> {
    const { user } = this.argsOf(AccessUserSet);
    const { planUserSet } = await import('../../../lib/operations/access/user.js');
    return planUserSet(await this.pve(), user, userFields(this.flagsOf(AccessUserSet)));
  }

  protected override view({ user, changed }: UserChanged): void {
    this.output.print(`User ${user} is changed: ${changed.join(', ')}.`);
  }
}
