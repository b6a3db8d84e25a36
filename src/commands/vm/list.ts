import { flags } from '@pmx-cli/kit';

import { vmColumns } from '../../lib/commands/guest-columns.js';
import { GuestListCommand } from '../../lib/commands/guest-list-command.js';

export default class VmList extends GuestListCommand {
  static override summary = 'List VMs.';
  static override description = 'Templates are listed by "pmx template list".';
  static override examples = [
    '<%= config.bin %> vm list',
    '<%= config.bin %> vm list --node pve1 --json',
  ];
  static override flags = { node: flags.onNode('Only VMs on this node.') };

  protected readonly templates = false;
  protected readonly whenEmpty = 'No VMs.';
  protected readonly columns = vmColumns;
}
