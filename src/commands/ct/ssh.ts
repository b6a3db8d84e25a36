import { args } from '@pmx-cli/kit';

import { SshCommand } from '../../lib/commands/ssh-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtSsh extends SshCommand {
  static override summary = 'Log in to a container over SSH, or run a command in it.';
  static override usage = 'ct ssh CONTAINER [FLAGS] [-- COMMAND...]';
  static override examples = [
    '<%= config.bin %> ct ssh proxy',
    '<%= config.bin %> ct ssh proxy --user admin --jump bastion -- uptime',
    '<%= config.bin %> ct ssh proxy --print',
  ];
  static override strict = false;
  static override args = { guest: args.one('container') };

  protected readonly kind = container;
}
