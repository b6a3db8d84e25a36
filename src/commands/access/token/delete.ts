import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { TokenDeleted } from '../../../lib/operations/access/token.js';

export default class AccessTokenDelete extends ChangeCommand<TokenDeleted> {
  static override summary = 'Delete API tokens with their rights.';
  static override examples = [
    "<%= config.bin %> access token delete 'ci@pve!deploy'",
    "<%= config.bin %> access token delete 'ci@pve!deploy' --dry-run",
  ];
  static override strict = false;
  static override args = {
    token: Args.string({
      description: 'Tokens, for example ci@pve!deploy.',
      required: true,
      ignoreStdin: true,
    }),
  };

  protected override async plan(): Promise<Plan[]> {
    const { planTokenDeletes } = await import('../../../lib/operations/access/token.js');
    return planTokenDeletes(await this.pve(), this.positionals);
  }

  protected override view({ token }: TokenDeleted): void {
    this.output.print(`API token ${token} is gone.`);
  }
}
