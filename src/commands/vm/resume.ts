import { args, flags } from '@pmx-cli/kit';

import { PowerCommand } from '../../lib/commands/guest/power-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmResume extends PowerCommand {
  static override summary = 'Let suspended VMs go on.';
  static override examples = [
    '<%= config.bin %> vm resume web-01',
    '<%= config.bin %> vm resume -l tag=web',
  ];
  static override args = { vm: args.targets('VM') };
  static override flags = { wait: flags.wait() };

  protected readonly kind = vm;
  protected readonly verb = 'resume';
}
