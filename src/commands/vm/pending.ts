import { args } from '@pmx-cli/kit';

import { GuestPendingCommand } from '../../lib/commands/guest/pending-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmPending extends GuestPendingCommand {
  static override summary = 'List changes of a VM that wait for its next start.';
  static override examples = [
    '<%= config.bin %> vm pending web-01',
    '<%= config.bin %> vm pending web-01 --all',
  ];
  static override args = { guest: args.one('VM') };

  protected readonly kind = vm;
}
