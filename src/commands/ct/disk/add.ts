import { args } from '@pmx-cli/kit';

import { ctAddFlags, DiskAddCommand } from '../../../lib/commands/guest/disk/add-command.js';
import { container } from '../../../lib/operations/guest/kind.js';

export default class CtDiskAdd extends DiskAddCommand {
  static override summary = 'Add a new disk to containers.';
  static override examples = [
    '<%= config.bin %> ct disk add proxy --size 20G --path /data',
    '<%= config.bin %> ct disk add proxy --size 8G --path /var/log --no-backup',
  ];
  static override args = { ct: args.targets('container') };
  static override flags = ctAddFlags;

  protected readonly kind = container;
}
