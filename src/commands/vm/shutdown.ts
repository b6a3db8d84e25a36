import { args, flags, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { PowerCommand } from '../../lib/commands/power-command.js';

export default class VmShutdown extends PowerCommand {
  static override summary = 'Ask VMs to shut down, and wait until they have.';
  static override examples = [
    '<%= config.bin %> vm shutdown web-01',
    '<%= config.bin %> vm shutdown web-01 --timeout 60 --force',
  ];
  static override strict = false;
  static override args = { vm: args.target('VM') };
  static override flags = {
    wait: flags.wait(),
    timeout: flags.timeout('How long a VM gets to shut down by itself.', 180),
    force: Flags.boolean({ description: 'Stop it when the time is over.' }),
  };

  protected override plan(): Promise<Plan[]> {
    const { wait, timeout, force } = this.flagsOf(VmShutdown);
    return this.planPower('shutdown', { wait, timeoutSeconds: timeout, force });
  }
}
