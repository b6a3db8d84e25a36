import { args } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { NicRemoveCommand } from '../../../lib/commands/guest/nic/change-commands.js';
import { container } from '../../../lib/operations/guest/kind.js';

export default class CtNicRemove extends NicRemoveCommand {
  static override summary = 'Remove a network device of containers.';
  static override aliases = ['ct:nic:delete'];
  static override examples = [
    '<%= config.bin %> ct nic remove proxy net1',
    '<%= config.bin %> ct nic remove proxy net1 --dry-run',
  ];
  static override args = {
    ct: args.one('container'),
    device: Args.string({
      description: 'Network device: net0.',
      required: true,
      ignoreStdin: true,
    }),
  };

  protected readonly kind = container;
}
