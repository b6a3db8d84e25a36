import { args } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { DiskDetachCommand } from '../../../lib/commands/guest/disk/detach-command.js';
import { container } from '../../../lib/operations/guest/kind.js';

export default class CtDiskDetach extends DiskDetachCommand {
  static override summary = 'Take a disk off a container; its volume stays.';
  static override examples = [
    '<%= config.bin %> ct disk detach proxy mp0',
    '<%= config.bin %> ct disk detach proxy mp0 --dry-run',
  ];
  static override args = {
    ct: args.one('container'),
    slot: Args.string({ description: 'Slot of the disk: mp0.', required: true, ignoreStdin: true }),
  };

  protected readonly kind = container;
}
