import { args } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { NicSetCommand } from '../../../lib/commands/guest/nic/change-commands.js';
import { vmNicSetFlags } from '../../../lib/commands/guest/nic/flags.js';
import { vm } from '../../../lib/operations/guest/kind.js';

export default class VmNicSet extends NicSetCommand {
  static override summary = 'Change a network device of VMs; what no flag names stays.';
  static override examples = [
    '<%= config.bin %> vm nic set web-01 net0 --vlan 20 --firewall',
    '<%= config.bin %> vm nic set web-01 net0 --link-down',
  ];
  static override args = {
    vm: args.one('VM'),
    device: Args.string({
      description: 'Network device: net0.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = vmNicSetFlags;

  protected readonly kind = vm;
}
