import { args, targetFlags } from '@pmx-cli/kit';

import { DiskListCommand } from '../../../lib/commands/guest/disk/list-command.js';
import { vm } from '../../../lib/operations/guest/kind.js';

export default class VmDiskList extends DiskListCommand {
  static override summary = 'List the disks of VMs, with those that are not in use.';
  static override examples = [
    '<%= config.bin %> vm disk list web-01',
    '<%= config.bin %> vm disk list -l tag=web --columns vmid,slot,size',
  ];
  static override strict = false;
  static override args = { vm: args.targets('VM') };
  static override flags = targetFlags;

  protected readonly kind = vm;
}
