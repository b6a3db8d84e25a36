import { SnapshotDeleteCommand } from '../../../lib/commands/guest/snapshot/delete-command.js';
import { namedArgs } from '../../../lib/commands/guest/snapshot/named-command.js';
import { container } from '../../../lib/operations/guest/kind.js';

export default class CtSnapshotDelete extends SnapshotDeleteCommand {
  static override summary = 'Delete snapshots of containers; what stands on them stays.';
  static override description = `The first word names containers, the others snapshots. With -l all words name snapshots.`;
  static override examples = [
    '<%= config.bin %> ct snapshot delete proxy before-upgrade',
    '<%= config.bin %> ct snapshot delete 110-120 before-upgrade after-upgrade --yes',
    '<%= config.bin %> ct snapshot delete -l tag=web before-upgrade --yes',
  ];
  static override args = namedArgs('container');

  protected readonly kind = container;
}
