import { namedArgs } from '../../../lib/commands/guest/snapshot/named-command.js';
import {
  rollbackFlags,
  SnapshotRollbackCommand,
} from '../../../lib/commands/guest/snapshot/rollback-command.js';
import { vm } from '../../../lib/operations/guest/kind.js';

export default class VmSnapshotRollback extends SnapshotRollbackCommand {
  static override summary = 'Put VMs back to a snapshot; what came later is lost.';
  static override description = `Shows beforehand what is lost and which snapshots lie in between. Asks, unless --yes is given. The first
word names VMs, the second the snapshot. With -l there is only the snapshot.`;
  static override examples = [
    '<%= config.bin %> vm snapshot rollback web-01 before-upgrade',
    '<%= config.bin %> vm snapshot rollback web-01 before-upgrade --start --yes',
    '<%= config.bin %> vm snapshot rollback -l tag=web before-upgrade --dry-run',
  ];
  static override args = namedArgs('VM');
  static override flags = rollbackFlags;

  protected readonly kind = vm;
}
