import { args, flags } from '@pmx-cli/kit';

import { PowerCommand } from '../../lib/commands/guest/power-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmStart extends PowerCommand {
  static override summary = 'Start VMs.';
  static override examples = [
    '<%= config.bin %> vm start web-01',
    "<%= config.bin %> vm start 110-120 'db-*'",
    '<%= config.bin %> vm start -l tag=web',
    '<%= config.bin %> vm start web-01 --no-wait',
  ];
  static override args = { vm: args.targets('VM') };
  static override flags = { wait: flags.wait() };

  protected readonly kind = vm;
  protected readonly verb = 'start';
}
