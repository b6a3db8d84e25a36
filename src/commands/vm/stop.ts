import { args, flags, type Plan } from '@pmx-cli/kit';

import { PowerCommand } from '../../lib/commands/power-command.js';

export default class VmStop extends PowerCommand {
  static override summary = 'Stop VMs at once, like pulling the plug.';
  static override examples = [
    '<%= config.bin %> vm stop web-01',
    "<%= config.bin %> vm stop 110-120 'db-*'",
    '<%= config.bin %> vm stop web-01 --no-wait',
  ];
  static override strict = false;
  static override args = { vm: args.target('VM') };
  static override flags = { wait: flags.wait() };

  protected override plan(): Promise<Plan[]> {
    const { wait } = this.flagsOf(VmStop);
    return this.planPower('stop', { wait });
  }
}
