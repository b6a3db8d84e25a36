import { args } from '@pmx-cli/kit';

import { GuestPendingCommand } from '../../lib/commands/guest/pending-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtPending extends GuestPendingCommand {
  static override summary = 'List changes of a container that wait for its next start.';
  static override examples = [
    '<%= config.bin %> ct pending proxy',
    '<%= config.bin %> ct pending proxy --all',
  ];
  static override args = { guest: args.one('container') };

  protected readonly kind = container;
}
