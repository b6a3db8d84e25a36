import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { dataFlag } from '../../control/flags.js';
import { locate } from '../../control/location.js';
import { planStop } from '../../control/plans.js';

export default class SandboxStop extends ChangeCommand<{ stopped: boolean; data: string }> {
  static override summary = 'Stop the sandbox; its data stays.';
  static override examples = ['<%= config.bin %> sandbox stop'];
  static override flags = { data: dataFlag };

  protected override async plan(): Promise<Plan> {
    return planStop(locate(this.session.paths.data, this.flagsOf(SandboxStop).data));
  }

  protected override view({ stopped }: { stopped: boolean }): void {
    this.output.print(stopped ? 'Sandbox is stopped.' : 'Sandbox was not running.');
  }
}
