import { args } from '@pmx-cli/kit';
import { Args, Flags } from '@oclif/core';

import { DiskMoveCommand, moveFlags } from '../../../lib/commands/guest/disk/move-command.js';
import { vm } from '../../../lib/operations/guest/kind.js';

export default class VmDiskMove extends DiskMoveCommand {
  static override summary = 'Move a disk of a VM to another storage, also while it runs.';
  static override examples = [
    '<%= config.bin %> vm disk move web-01 scsi0 --storage shared',
    '<%= config.bin %> vm disk move web-01 scsi1 --storage shared --no-delete',
  ];
  static override args = {
    vm: args.one('VM'),
    slot: Args.string({
      description: 'Slot of the disk: scsi1.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    ...moveFlags,
    format: Flags.option({
      description: 'Format of its file, on storages with files; as it is now when left out.',
      options: ['raw', 'qcow2', 'vmdk'] as const,
    })(),
  };

  protected readonly kind = vm;
}
