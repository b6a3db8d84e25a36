import { args } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { DiskRemoveCommand } from '../../../lib/commands/guest/disk/remove-command.js';
import { container } from '../../../lib/operations/guest/kind.js';

export default class CtDiskRemove extends DiskRemoveCommand {
  static override summary = 'Delete a disk of a container with its volume, for good.';
  static override aliases = ['ct:disk:delete'];
  static override examples = [
    '<%= config.bin %> ct disk remove proxy mp0',
    '<%= config.bin %> ct disk remove proxy unused0 --yes',
  ];
  static override args = {
    ct: args.one('container'),
    slot: Args.string({ description: 'Slot of the disk: mp0.', required: true, ignoreStdin: true }),
  };

  protected readonly kind = container;
}
