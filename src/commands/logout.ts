import { Args, Flags } from '@oclif/core';
import { ChangeCommand, noPlan, type Plan } from '@pmx-cli/kit';

interface LogoutResult {
  name: string;
  /** Token that was removed from the server. */
  revoked: string | null;
}

export default class Logout extends ChangeCommand<LogoutResult> {
  static override summary = 'Forget the stored secret of a context.';
  static override description = `The context itself stays; "<%= config.bin %> login NAME" logs in again. The API token stays good on the server for whoever
has its secret, unless --revoke removes it there, too. A token cannot remove itself, so that takes its user's password.`;
  static override examples = [
    '<%= config.bin %> logout',
    '<%= config.bin %> logout lab --yes',
    'printf %s "$PASSWORD" | <%= config.bin %> logout lab --revoke --password-stdin --yes',
  ];
  static override args = {
    name: Args.string({
      description: 'Context; the current one when left out.',
      ignoreStdin: true,
    }),
  };
  static override flags = {
    revoke: Flags.boolean({ description: 'Remove the API token from the server as well.' }),
    'password-stdin': Flags.boolean({
      description: "Read the password of the token's user from stdin.",
      dependsOn: ['revoke'],
    }),
    otp: Flags.string({
      description: 'Code of the second factor.',
      dependsOn: ['revoke'],
      helpValue: 'CODE',
    }),
  };

  /** With --revoke, planning it is a login already. */
  protected override async planOnly(): Promise<Plan[]> {
    if (this.flagsOf(Logout).revoke) throw noPlan(this.id);
    return super.planOnly();
  }

  protected override async plan(): Promise<Plan> {
    const given = this.flagsOf(Logout);
    const { planLogout } = await import('../lib/operations/login/logout.js');
    return planLogout(this.session, {
      name: this.argsOf(Logout).name ?? (this.parsedFlags['context'] as string | undefined),
      revoke: given.revoke,
      passwordStdin: given['password-stdin'],
      otp: given.otp,
      dryRun: this.parsedFlags['dry-run'] === true,
    });
  }

  protected override view({ name, revoked }: LogoutResult): void {
    this.output.print(`No secret of context ${name} is stored any more.`);
    if (revoked !== null) this.output.print(`API token ${revoked} is gone from the server.`);
  }
}
