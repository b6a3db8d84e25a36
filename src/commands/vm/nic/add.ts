import { args } from '@pmx-cli/kit';

import { NicAddCommand } from '../../../lib/commands/guest/nic/change-commands.js';
import { vmNicAddFlags } from '../../../lib/commands/guest/nic/flags.js';
import { vm } from '../../../lib/operations/guest/kind.js';

export default class VmNicAdd extends NicAddCommand {
  static override summary = 'Add a network device to VMs.';
  static override examples = [
    '<%= config.bin %> vm nic add web-01 --bridge vmbr0 --vlan 20',
    '<%= config.bin %> vm nic add web-01 --bridge vmbr0 --firewall --model e1000',
  ];
  static override args = { vm: args.targets('VM') };
  static override flags = vmNicAddFlags;

  protected readonly kind = vm;
}
