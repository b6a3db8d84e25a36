import { targetArgs } from '../../../lib/commands/guest/snapshot/create-command.js';
import {
  pruneFlags,
  SnapshotPruneCommand,
} from '../../../lib/commands/guest/snapshot/prune-command.js';
import { container } from '../../../lib/operations/guest/kind.js';

export default class CtSnapshotPrune extends SnapshotPruneCommand {
  static override summary = 'Delete old snapshots of containers.';
  static override description = `Of those that --match names the newest --keep stay, and of the rest those that are not --older-than.
--dry-run lists exactly what goes and what stays.`;
  static override examples = [
    '<%= config.bin %> ct snapshot prune proxy --keep 3',
    "<%= config.bin %> ct snapshot prune '*' --match 'snap-*' --older-than 7d --dry-run",
  ];
  static override args = targetArgs('container');
  static override flags = pruneFlags;

  protected readonly kind = container;
}
