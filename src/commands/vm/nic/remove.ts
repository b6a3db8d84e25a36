import { args } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { NicRemoveCommand } from '../../../lib/commands/guest/nic/change-commands.js';
import { vm } from '../../../lib/operations/guest/kind.js';

export default class VmNicRemove extends NicRemoveCommand {
  static override summary = 'Remove a network device of VMs.';
  static override aliases = ['vm:nic:delete'];
  static override examples = [
    '<%= config.bin %> vm nic remove web-01 net1',
    '<%= config.bin %> vm nic remove web-01 net1 --dry-run',
  ];
  static override args = {
    vm: args.one('VM'),
    device: Args.string({
      description: 'Network device: net0.',
      required: true,
      ignoreStdin: true,
    }),
  };

  protected readonly kind = vm;
}
