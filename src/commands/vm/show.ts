import { args } from '@pmx-cli/kit';

import { GuestShowCommand } from '../../lib/commands/guest/show-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmShow extends GuestShowCommand {
  static override summary = 'Show a VM or template with its configuration.';
  static override examples = [
    '<%= config.bin %> vm show web-01',
    '<%= config.bin %> vm show 101 --json',
  ];
  static override aliases = ['vm:config'];
  static override args = { vm: args.one('VM') };

  protected readonly kind = vm;
}
