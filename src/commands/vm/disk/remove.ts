import { args } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { DiskRemoveCommand } from '../../../lib/commands/guest/disk/remove-command.js';
import { vm } from '../../../lib/operations/guest/kind.js';

export default class VmDiskRemove extends DiskRemoveCommand {
  static override summary = 'Delete a disk of a VM with its volume, for good.';
  static override aliases = ['vm:disk:delete'];
  static override examples = [
    '<%= config.bin %> vm disk remove web-01 scsi1',
    '<%= config.bin %> vm disk remove web-01 unused0 --yes',
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
