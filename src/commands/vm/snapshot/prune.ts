import { targetArgs } from '../../../lib/commands/guest/snapshot/create-command.js';
import {
  pruneFlags,
  SnapshotPruneCommand,
} from '../../../lib/commands/guest/snapshot/prune-command.js';
import { vm } from '../../../lib/operations/guest/kind.js';

export default class VmSnapshotPrune extends SnapshotPruneCommand {
  static override summary = 'Delete old snapshots of VMs.';
  static override description = `Of those that --match names the newest --keep stay, and of the rest those that are not --older-than.
--dry-run lists exactly what goes and what stays.`;
  static override examples = [
    '<%= config.bin %> vm snapshot prune web-01 --keep 3',
    "<%= config.bin %> vm snapshot prune '*' --match 'snap-*' --older-than 7d --dry-run",
  ];
  static override args = targetArgs('VM');
  static override flags = pruneFlags;

  protected readonly kind = vm;
}
