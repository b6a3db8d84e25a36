import { flags, targetFlags } from '@pmx-cli/kit';

import { guestColumns } from '../../lib/commands/guest/columns.js';
import { GuestListCommand } from '../../lib/commands/guest/list-command.js';

export default class VmList extends GuestListCommand {
  static override summary = 'List VMs.';
  static override description = 'Templates are listed by "pmx template list".';
  static override examples = [
    '<%= config.bin %> vm list',
    '<%= config.bin %> vm list --node pve1 --json',
    '<%= config.bin %> vm list -l tag=web,status=running',
  ];
  static override flags = {
    node: flags.onNode('Only VMs on this node.'),
    selector: targetFlags.selector,
  };

  protected readonly sort = { type: 'qemu', template: false } as const;
  protected readonly whenEmpty = 'No VMs.';
  protected readonly columns = guestColumns;
}
