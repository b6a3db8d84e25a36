import { args } from '@pmx-cli/kit';

import { vmAddFlags, DiskAddCommand } from '../../../lib/commands/guest/disk/add-command.js';
import { vm } from '../../../lib/operations/guest/kind.js';

export default class VmDiskAdd extends DiskAddCommand {
  static override summary = 'Add a new disk to VMs.';
  static override examples = [
    '<%= config.bin %> vm disk add web-01 --size 20G',
    '<%= config.bin %> vm disk add web-01 --size 100G --storage shared --bus virtio --discard --no-backup',
  ];
  static override args = { vm: args.targets('VM') };
  static override flags = vmAddFlags;

  protected readonly kind = vm;
}
