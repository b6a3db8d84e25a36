import { args, targetFlags } from '@pmx-cli/kit';

import { SnapshotListCommand } from '../../../lib/commands/guest/snapshot/list-command.js';
import { vm } from '../../../lib/operations/guest/kind.js';

export default class VmSnapshotList extends SnapshotListCommand {
  static override summary = 'List the snapshots of VMs as a tree.';
  static override description = `What stands on a snapshot is below it, and * is before the one that the VM stands on now.`;
  static override examples = [
    '<%= config.bin %> vm snapshot list web-01',
    '<%= config.bin %> vm snapshot list -l tag=web --sort-by -takenSeconds',
  ];
  static override strict = false;
  static override args = { guest: args.targets('VM') };
  static override flags = targetFlags;

  protected readonly kind = vm;
}
