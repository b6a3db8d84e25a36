import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { dataFlag } from '../../control/flags.js';
import { contextName, locate } from '../../control/location.js';
import { planReset } from '../../control/plans.js';

export default class SandboxReset extends ChangeCommand<{ data: string }> {
  static override summary = 'Stop the sandbox and remove its data and context.';
  static override examples = ['<%= config.bin %> sandbox reset --yes'];
  static override flags = { data: dataFlag };

  protected override async plan(): Promise<Plan> {
    const location = locate(this.session.paths.data, this.flagsOf(SandboxReset).data);
    return planReset(location, Object.hasOwn(await this.session.contexts.list(), contextName));
  }

  protected override view({ data }: { data: string }): void {
    this.output.print(`Sandbox data in ${data} is gone.`);
  }
}
