import { args } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { ResizeCommand } from '../../lib/commands/guest/disk/resize-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtResize extends ResizeCommand {
  static override summary = 'Make a disk of containers bigger.';
  static override description = `SIZE is the new size (20G), or how much is added (+10G). Without a slot it is the root file system.
The file system grows with it.`;
  static override examples = [
    '<%= config.bin %> ct resize proxy +10G',
    '<%= config.bin %> ct resize proxy mp0 40G',
    "<%= config.bin %> ct resize 'web-*' rootfs 20G --dry-run",
  ];
  static override args = {
    ct: args.targets('container'),
    slot: Args.string({ description: 'Slot of the disk: mp0.', ignoreStdin: true }),
    size: Args.string({
      description: 'New size (20G), or how much to add (+10G).',
      ignoreStdin: true,
    }),
  };

  protected readonly kind = container;
}
