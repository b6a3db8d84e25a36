import { args } from '@pmx-cli/kit';

import { GuestShowCommand } from '../../lib/commands/guest/show-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtShow extends GuestShowCommand {
  static override summary = 'Show a container with its configuration.';
  static override examples = [
    '<%= config.bin %> ct show proxy',
    '<%= config.bin %> ct show 200 --json',
  ];
  static override aliases = ['ct:config'];
  static override args = { ct: args.one('container') };

  protected readonly kind = container;
}
