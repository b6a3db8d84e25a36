import { SnapshotDeleteCommand } from '../../../lib/commands/guest/snapshot/delete-command.js';
import { namedArgs } from '../../../lib/commands/guest/snapshot/named-command.js';
import { vm } from '../../../lib/operations/guest/kind.js';

export default class VmSnapshotDelete extends SnapshotDeleteCommand {
  static override summary = 'Delete snapshots of VMs; what stands on them stays.';
  static override description = `The first word names VMs, the others snapshots. With -l all words name snapshots.`;
  static override examples = [
    '<%= config.bin %> vm snapshot delete web-01 before-upgrade',
    '<%= config.bin %> vm snapshot delete 110-120 before-upgrade after-upgrade --yes',
    '<%= config.bin %> vm snapshot delete -l tag=web before-upgrade --yes',
  ];
  static override args = namedArgs('VM');

  protected readonly kind = vm;
}
