import { args } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { DiskMoveCommand, moveFlags } from '../../../lib/commands/guest/disk/move-command.js';
import { container } from '../../../lib/operations/guest/kind.js';

export default class CtDiskMove extends DiskMoveCommand {
  static override summary = 'Move a disk of a container to another storage.';
  static override examples = [
    '<%= config.bin %> ct disk move proxy rootfs --storage shared',
    '<%= config.bin %> ct disk move proxy mp0 --storage shared --no-delete',
  ];
  static override args = {
    ct: args.one('container'),
    slot: Args.string({ description: 'Slot of the disk: mp0.', required: true, ignoreStdin: true }),
  };
  static override flags = moveFlags;

  protected readonly kind = container;
}
