import {
  createFlags,
  SnapshotCreateCommand,
  targetArgs,
} from '../../../lib/commands/guest/snapshot/create-command.js';
import { container } from '../../../lib/operations/guest/kind.js';

export default class CtSnapshotCreate extends SnapshotCreateCommand {
  static override summary = 'Take snapshots of containers, all of the same name.';
  static override examples = [
    '<%= config.bin %> ct snapshot create proxy',
    "<%= config.bin %> ct snapshot create 110-120 -l tag=web --name before-upgrade --description 'Debian 12'",
  ];
  static override args = targetArgs('container');
  static override flags = {
    ...createFlags,
  };

  protected readonly kind = container;
}
