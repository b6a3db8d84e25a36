import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { CredentialResult } from '../../lib/operations/idrac/credentials.js';

export default class IdracLogout extends ChangeCommand<CredentialResult> {
  static override summary = 'Forget the stored user and password for iDRACs.';
  static override examples = ["<%= config.bin %> idrac logout '10.0.8.*'"];
  static override args = {
    pattern: Args.string({
      description: 'The pattern, as it was stored.',
      required: true,
      ignoreStdin: true,
    }),
  };

  protected override async plan(): Promise<Plan> {
    const { planIdracLogout } = await import('../../lib/operations/idrac/credentials.js');
    return planIdracLogout(this.session.paths, this.argsOf(IdracLogout).pattern);
  }

  protected override view({ pattern }: CredentialResult): void {
    this.output.print(`Nothing is stored for ${pattern} any more.`);
  }
}
