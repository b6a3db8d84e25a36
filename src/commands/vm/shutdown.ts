import { args, flags } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { PowerCommand } from '../../lib/commands/guest/power-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmShutdown extends PowerCommand {
  static override summary = 'Ask VMs to shut down, and wait until they have.';
  static override examples = [
    '<%= config.bin %> vm shutdown web-01',
    '<%= config.bin %> vm shutdown -l tag=web --timeout 60 --force',
  ];
  static override args = { vm: args.targets('VM') };
  static override flags = {
    wait: flags.wait(),
    timeout: flags.timeout('How long a VM gets to shut down by itself.', 180),
    force: Flags.boolean({ description: 'Stop it when the time is over.' }),
  };

  protected readonly kind = vm;
  protected readonly verb = 'shutdown';
}
