import { args, flags } from '@pmx-cli/kit';

import { PowerCommand } from '../../lib/commands/guest/power-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmReboot extends PowerCommand {
  static override summary =
    'Shut VMs down and start them again, which applies changes that wait for it.';
  static override examples = [
    '<%= config.bin %> vm reboot web-01',
    '<%= config.bin %> vm reboot -l tag=web',
    '<%= config.bin %> vm reboot web-01 --timeout 60',
  ];
  static override args = { vm: args.targets('VM') };
  static override flags = {
    wait: flags.wait(),
    timeout: flags.timeout('How long a VM gets to shut down by itself.', 180),
  };

  protected readonly kind = vm;
  protected readonly verb = 'reboot';
}
