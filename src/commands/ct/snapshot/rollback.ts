import { namedArgs } from '../../../lib/commands/guest/snapshot/named-command.js';
import {
  rollbackFlags,
  SnapshotRollbackCommand,
} from '../../../lib/commands/guest/snapshot/rollback-command.js';
import { container } from '../../../lib/operations/guest/kind.js';

export default class CtSnapshotRollback extends SnapshotRollbackCommand {
  static override summary = 'Put containers back to a snapshot; what came later is lost.';
  static override description = `Shows beforehand what is lost and which snapshots lie in between. Asks, unless --yes is given. The first
word names containers, the second the snapshot. With -l there is only the snapshot.`;
  static override examples = [
    '<%= config.bin %> ct snapshot rollback proxy before-upgrade',
    '<%= config.bin %> ct snapshot rollback proxy before-upgrade --start --yes',
    '<%= config.bin %> ct snapshot rollback -l tag=web before-upgrade --dry-run',
  ];
  static override args = namedArgs('container');
  static override flags = rollbackFlags;

  protected readonly kind = container;
}
