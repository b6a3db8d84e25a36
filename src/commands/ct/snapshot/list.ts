import { args, targetFlags } from '@pmx-cli/kit';

import { SnapshotListCommand } from '../../../lib/commands/guest/snapshot/list-command.js';
import { container } from '../../../lib/operations/guest/kind.js';

export default class CtSnapshotList extends SnapshotListCommand {
  static override summary = 'List the snapshots of containers as a tree.';
  static override description = `What stands on a snapshot is below it, and * is before the one that the container stands on now.`;
  static override examples = [
    '<%= config.bin %> ct snapshot list proxy',
    '<%= config.bin %> ct snapshot list -l tag=web --sort-by -takenSeconds',
  ];
  static override strict = false;
  static override args = { guest: args.targets('container') };
  static override flags = targetFlags;

  protected readonly kind = container;
}
