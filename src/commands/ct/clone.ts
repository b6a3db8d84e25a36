import {
  cloneArgs,
  cloneFlags,
  GuestCloneCommand,
} from '../../lib/commands/guest/clone-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtClone extends GuestCloneCommand {
  static override summary = 'Clone a container or template.';
  static override description = `When a step fails, the clone is taken back. Of a running container only a snapshot can be cloned.`;
  static override examples = [
    '<%= config.bin %> ct clone proxy proxy-02',
    '<%= config.bin %> ct clone proxy proxy-03 --snapshot base --storage local',
  ];
  static override args = cloneArgs('container');
  static override flags = cloneFlags;

  protected readonly kind = container;
}
