import { flags } from '@pmx-cli/kit';

import { templateColumns } from '../../lib/commands/guest/columns.js';
import { GuestListCommand } from '../../lib/commands/guest/list-command.js';

export default class TemplateList extends GuestListCommand {
  static override summary = 'List VM templates.';
  static override examples = [
    '<%= config.bin %> template list',
    '<%= config.bin %> template list --json',
  ];
  static override flags = { node: flags.onNode('Only templates on this node.') };

  protected readonly sort = { type: 'qemu', template: true } as const;
  protected readonly whenEmpty = 'No templates. Make one: pmx template create --image FILE';
  protected readonly columns = templateColumns;
}
