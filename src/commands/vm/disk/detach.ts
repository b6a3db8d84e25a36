import { args } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { DiskDetachCommand } from '../../../lib/commands/guest/disk/detach-command.js';
import { vm } from '../../../lib/operations/guest/kind.js';

export default class VmDiskDetach extends DiskDetachCommand {
  static override summary = 'Take a disk off a VM; its volume stays.';
  static override examples = [
    '<%= config.bin %> vm disk detach web-01 scsi1',
    '<%= config.bin %> vm disk detach web-01 scsi1 --dry-run',
  ];
  static override args = {
    vm: args.one('VM'),
    slot: Args.string({
      description: 'Slot of the disk: scsi1.',
      required: true,
      ignoreStdin: true,
    }),
  };

  protected readonly kind = vm;
}
