import { Args, Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { expiryFlag } from '../../../lib/commands/access-flags.js';
import type { TokenCreated } from '../../../lib/operations/access/token.js';

export default class AccessTokenCreate extends ChangeCommand<TokenCreated> {
  static override summary = 'Create an API token and show its secret, once.';
  static override description =
    'The secret is printed to stdout and kept nowhere: not by pmx, and the server cannot show it again.';
  static override examples = [
    "<%= config.bin %> access token create 'ci@pve!deploy' --expire 90d",
    "<%= config.bin %> access token create 'ci@pve!deploy' --comment pipeline -o jsonpath='{.secret}'",
  ];
  static override args = {
    token: Args.string({
      description: 'User with realm, !, and a name: ci@pve!deploy.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    comment: Flags.string({ description: 'What it is for.', helpValue: 'TEXT' }),
    expire: expiryFlag(),
    privsep: Flags.boolean({
      description: 'Rights of its own; --no-privsep gives it all that its user has.',
      default: true,
      allowNo: true,
    }),
  };

  protected override async plan(): Promise<Plan> {
    const { token } = this.argsOf(AccessTokenCreate);
    const { comment, expire, privsep } = this.flagsOf(AccessTokenCreate);
    const { planTokenCreate } = await import('../../../lib/operations/access/token.js');
    return planTokenCreate(await this.pve(), token, {
      privsep,
      ...(comment !== undefined && { comment }),
      ...(expire !== undefined && { expire }),
    });
  }

  protected override view({ token, secret }: TokenCreated): void {
    this.output.fields([
      ['Token', token],
      ['Secret', secret],
    ]);
    this.output.note('The secret is shown this once only.');
  }
}
