import { args } from '@pmx-cli/kit';

import { SshCommand } from '../../lib/commands/ssh-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmSsh extends SshCommand {
  static override summary = 'Log in to a VM over SSH, or run a command in it.';
  static override usage = 'vm ssh VM [FLAGS] [-- COMMAND...]';
  static override examples = [
    '<%= config.bin %> vm ssh web-01',
    '<%= config.bin %> vm ssh web-01 --user admin --jump bastion -- uptime',
    '<%= config.bin %> vm ssh web-01 --print',
  ];
  static override strict = false;
  static override args = { guest: args.one('VM') };

  protected readonly kind = vm;
}
