import { args } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { ResizeCommand } from '../../lib/commands/guest/disk/resize-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmResize extends ResizeCommand {
  static override summary = 'Make a disk of VMs bigger.';
  static override description = `SIZE is the new size (20G), or how much is added (+10G). Without a slot it is the disk that the VM boots from.
The guest sees the bigger disk at once, but its partitions and file systems stay as they are.`;
  static override examples = [
    '<%= config.bin %> vm resize web-01 +10G',
    '<%= config.bin %> vm resize web-01 scsi1 40G',
    "<%= config.bin %> vm resize 'web-*' scsi0 20G --dry-run",
  ];
  static override args = {
    vm: args.targets('VM'),
    slot: Args.string({ description: 'Slot of the disk: scsi1.', ignoreStdin: true }),
    size: Args.string({
      description: 'New size (20G), or how much to add (+10G).',
      ignoreStdin: true,
    }),
  };

  protected readonly kind = vm;
}
