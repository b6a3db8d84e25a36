import { Args, ChangeCommand, type Plan } from '@pmx-cli/kit';

import { planFaultClear } from '../../../control/fault-plans.js';
import { contextFlag, dataFlag } from '../../../control/flags.js';
import { locate } from '../../../control/location.js';
import { readFaults } from '../../../control/steering.js';

export default class SandboxFaultClear extends ChangeCommand<{ cleared: string[] }> {
  static override summary = 'Let the sandbox work as it should again.';
  static override description =
    'Works also while the sandbox shows another certificate, as long as it runs on this machine.';
  static override examples = [
    '<%= config.bin %> sandbox fault clear',
    '<%= config.bin %> sandbox fault clear fault-1 fault-2',
  ];
  static override strict = false;
  static override args = {
    id: Args.string({
      description: 'Rules to clear; all of them when left out.',
      ignoreStdin: true,
    }),
  };
  static override flags = { context: contextFlag, data: dataFlag };

  protected override async plan(): Promise<Plan> {
    const location = locate(this.session.paths.data, this.flagsOf(SandboxFaultClear).data);
    const { faults, reachable } = await readFaults(this.session, location);
    return planFaultClear(faults, this.positionals, reachable, location);
  }

  protected override view({ cleared }: { cleared: string[] }): void {
    if (cleared.length > 0) this.output.print(`Cleared: ${cleared.join(', ')}`);
  }
}
