import { args } from '@pmx-cli/kit';

import { NicAddCommand } from '../../../lib/commands/guest/nic/change-commands.js';
import { ctNicAddFlags } from '../../../lib/commands/guest/nic/flags.js';
import { container } from '../../../lib/operations/guest/kind.js';

export default class CtNicAdd extends NicAddCommand {
  static override summary = 'Add a network device to containers.';
  static override examples = [
    '<%= config.bin %> ct nic add proxy --bridge vmbr0 --vlan 20',
    '<%= config.bin %> ct nic add proxy --bridge vmbr0 --firewall --ip 10.0.0.5/24,gw=10.0.0.1',
  ];
  static override args = { ct: args.targets('container') };
  static override flags = ctNicAddFlags;

  protected readonly kind = container;
}
