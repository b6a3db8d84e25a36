import { flags, targetFlags } from '@pmx-cli/kit';

import { guestColumns } from '../../lib/commands/guest/columns.js';
import { GuestListCommand } from '../../lib/commands/guest/list-command.js';

export default class CtList extends GuestListCommand {
  static override summary = 'List containers.';
  static override examples = [
    '<%= config.bin %> ct list',
    '<%= config.bin %> ct list --node pve1 --json',
    '<%= config.bin %> ct list -l tag=web,status=running',
  ];
  static override flags = {
    node: flags.onNode('Only containers on this node.'),
    selector: targetFlags.selector,
  };

  protected readonly sort = { type: 'lxc', template: false } as const;
  protected readonly whenEmpty = 'No containers.';
  protected readonly columns = guestColumns;
}
