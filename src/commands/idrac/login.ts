import { Args, Flags } from '@oclif/core';
import { ChangeCommand, noPlan, type Plan } from '@pmx-cli/kit';

import { readSecret } from '../../lib/auth/read-secret.js';
import type { CredentialResult } from '../../lib/operations/idrac/credentials.js';

export default class IdracLogin extends ChangeCommand<CredentialResult> {
  static override summary = 'Store user and password for iDRACs, by their names or addresses.';
  static override description = `Nobody is logged in to. The password goes where those of contexts go: the keychain, or a file that only you can read.
It is sent only to hosts that the pattern fits and whose certificate is pinned or verified. The nearest pattern wins. For
a password manager there is the setting idracSecretCommands instead.`;
  static override examples = [
    "<%= config.bin %> idrac login '10.0.8.*' --user root",
    'printf %s "$PASSWORD" | <%= config.bin %> idrac login idrac-01.example.org --user root --password-stdin',
  ];
  static override args = {
    pattern: Args.string({
      description: 'Name or address of a host, with * for any part of it.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    user: Flags.string({ char: 'u', description: 'User.', required: true, helpValue: 'USER' }),
    'password-stdin': Flags.boolean({ description: 'Read the password from standard input.' }),
  };

  /** Planning it asks for the password. */
  protected override async planOnly(): Promise<Plan[]> {
    throw noPlan(this.id);
  }

  protected override async plan(): Promise<Plan> {
    const { pattern } = this.argsOf(IdracLogin);
    const { user, 'password-stdin': stdin } = this.flagsOf(IdracLogin);
    const { planIdracLogin } = await import('../../lib/operations/idrac/credentials.js');
    const password = await readSecret({
      what: `Password of ${user}`,
      stdin,
      variable: 'PMX_IDRAC_PASSWORD',
      prompt: this.session.prompt,
      hint: 'Set PMX_IDRAC_PASSWORD, or pipe it: printf %s "$PASSWORD" | pmx idrac login … --password-stdin',
    });
    this.session.protect(password);
    return planIdracLogin(this.session, { pattern, user, password });
  }

  protected override view({ pattern, user }: CredentialResult): void {
    this.output.print(`${user} is remembered for ${pattern}.`);
  }
}
