import { args } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { NicSetCommand } from '../../../lib/commands/guest/nic/change-commands.js';
import { ctNicSetFlags } from '../../../lib/commands/guest/nic/flags.js';
import { container } from '../../../lib/operations/guest/kind.js';

export default class CtNicSet extends NicSetCommand {
  static override summary = 'Change a network device of containers; what no flag names stays.';
  static override examples = [
    '<%= config.bin %> ct nic set proxy net0 --vlan 20 --firewall',
    '<%= config.bin %> ct nic set proxy net0 --link-down',
  ];
  static override args = {
    ct: args.one('container'),
    device: Args.string({
      description: 'Network device: net0.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = ctNicSetFlags;

  protected readonly kind = container;
}
