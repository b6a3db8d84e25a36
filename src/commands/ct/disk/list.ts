import { args, targetFlags } from '@pmx-cli/kit';

import { DiskListCommand } from '../../../lib/commands/guest/disk/list-command.js';
import { container } from '../../../lib/operations/guest/kind.js';

export default class CtDiskList extends DiskListCommand {
  static override summary = 'List the disks of containers, with those that are not in use.';
  static override examples = [
    '<%= config.bin %> ct disk list proxy',
    '<%= config.bin %> ct disk list -l tag=web --columns vmid,slot,size',
  ];
  static override strict = false;
  static override args = { ct: args.targets('container') };
  static override flags = targetFlags;

  protected readonly kind = container;
}
