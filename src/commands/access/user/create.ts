import { Args, Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { userFields, userFlags } from '../../../lib/commands/access-flags.js';
import type { UserChanged } from '../../../lib/operations/access/user.js';

export default class AccessUserCreate extends ChangeCommand<UserChanged> {
  static override summary = 'Create a user.';
  static override description =
    'Without a password a user of the realm pve is good for API tokens only.';
  static override examples = [
    '<%= config.bin %> access user create ci@pve --comment "for the pipeline"',
    '<%= config.bin %> access user create ann@pve --group admins --expire 90d --password-stdin < password.txt',
  ];
  static override args = {
    user: Args.string({
      description: 'Name with realm, for example ci@pve.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    ...userFlags,
    'password-stdin': Flags.boolean({
      description: 'Read the password from standard input (only for the realm pve).',
    }),
  };

  protected override async plan(): Promise<Plan> {
    const { user } = this.argsOf(AccessUserCreate);
    const given = this.flagsOf(AccessUserCreate);
    const { planUserCreate } = await import('../../../lib/operations/access/user.js');
    return planUserCreate(
      await this.pve(),
      user,
      userFields(given),
      given['password-stdin'] ? await this.#password(user) : undefined,
    );
  }

  async #password(user: string): Promise<string> {
    const { readSecret } = await import('../../../lib/auth/read-secret.js');
    const password = await readSecret({
      what: `Password of ${user}`,
      stdin: true,
      variable: 'PMX_PASSWORD',
      prompt: this.session.prompt,
      hint: `Pipe it: printf %s "$PASSWORD" | pmx access user create ${user} --password-stdin`,
    });
    this.session.protect(password);
    return password;
  }

  protected override view({ user }: UserChanged): void {
    this.output.print(`User ${user} is there.`);
  }
}
