import { args, flags, type Plan } from '@pmx-cli/kit';

import { PowerCommand } from '../../lib/commands/power-command.js';

export default class VmStart extends PowerCommand {
  static override summary = 'Start VMs.';
  static override examples = [
    '<%= config.bin %> vm start web-01',
    "<%= config.bin %> vm start 110-120 'db-*'",
    '<%= config.bin %> vm start web-01 --no-wait',
  ];
  static override strict = false;
  static override args = { vm: args.target('VM') };
  static override flags = { wait: flags.wait() };

  protected override plan(): Promise<Plan[]> {
    const { wait } = this.flagsOf(VmStart);
    return this.planPower('start', { wait });
  }
}
