import { args, ChangeCommand, type Plan } from '@pmx-cli/kit';
import { Args, Flags } from '@oclif/core';

import { oneVm } from '../../../lib/commands/agent-read-command.js';
import type { PasswordResult } from '../../../lib/operations/reach/agent-actions.js';

export default class VmAgentPasswd extends ChangeCommand<PasswordResult> {
  static override summary = 'Set the password of a user in a guest.';
  static override description = `The new password is asked for, or read from stdin; a flag would show it to every user of this machine.`;
  static override examples = [
    '<%= config.bin %> vm agent passwd web-01 root',
    'pwgen 20 1 | <%= config.bin %> vm agent passwd web-01 debian --password-stdin',
  ];
  static override args = {
    vm: args.one('VM'),
    user: Args.string({ description: 'User of the guest.', required: true, ignoreStdin: true }),
  };
  static override flags = {
    'password-stdin': Flags.boolean({ description: 'Read the new password from stdin.' }),
    crypted: Flags.boolean({ description: 'It has been through crypt() already.' }),
  };

  protected override async plan(): Promise<Plan> {
    const { vm, user } = this.argsOf(VmAgentPasswd);
    const { crypted, 'password-stdin': stdin } = this.flagsOf(VmAgentPasswd);
    const guest = await oneVm(await this.inventory(), vm);
    const [{ planPassword }, { readSecret }] = await Promise.all([
      import('../../../lib/operations/reach/agent-actions.js'),
      import('../../../lib/auth/read-secret.js'),
    ]);
    const password = await readSecret({
      what: `New password of ${user} in VM ${guest.vmid}`,
      stdin,
      variable: '',
      prompt: this.session.prompt,
      hint: 'Pipe it: pwgen 20 1 | pmx vm agent passwd VM USER --password-stdin',
    });
    return planPassword(guest, user, password, crypted);
  }

  protected override view({ vmid, name, user }: PasswordResult): void {
    this.output.print(`The password of ${user} in VM ${vmid} (${name}) is set.`);
  }
}
