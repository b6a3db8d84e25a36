import { args, flags } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { PowerCommand } from '../../lib/commands/guest/power-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmSuspend extends PowerCommand {
  static override summary = 'Pause VMs in memory, or suspend them to disk.';
  static override examples = [
    '<%= config.bin %> vm suspend web-01',
    '<%= config.bin %> vm suspend -l tag=web',
    '<%= config.bin %> vm suspend web-01 --to-disk',
  ];
  static override args = { vm: args.targets('VM') };
  static override flags = {
    wait: flags.wait(),
    'to-disk': Flags.boolean({
      description:
        'Write the memory to disk and free it; resume brings the VM back, also after days.',
    }),
    'state-storage': Flags.string({
      description: 'Storage for the memory; that of the VM when left out.',
      dependsOn: ['to-disk'],
      helpValue: 'STORAGE',
    }),
  };

  protected readonly kind = vm;
  protected readonly verb = 'suspend';
}
