import { args, flags } from '@pmx-cli/kit';

import { PowerCommand } from '../../lib/commands/guest/power-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtReboot extends PowerCommand {
  static override summary =
    'Shut containers down and start them again, which applies changes that wait for it.';
  static override examples = [
    '<%= config.bin %> ct reboot proxy',
    '<%= config.bin %> ct reboot -l tag=web',
    '<%= config.bin %> ct reboot proxy --timeout 60',
  ];
  static override args = { ct: args.targets('container') };
  static override flags = {
    wait: flags.wait(),
    timeout: flags.timeout('How long a container gets to shut down by itself.', 180),
  };

  protected readonly kind = container;
  protected readonly verb = 'reboot';
}
