import { args, flags } from '@pmx-cli/kit';

import { PowerCommand } from '../../lib/commands/guest/power-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtStart extends PowerCommand {
  static override summary = 'Start containers.';
  static override examples = [
    '<%= config.bin %> ct start proxy',
    "<%= config.bin %> ct start 110-120 'db-*'",
    '<%= config.bin %> ct start -l tag=web',
    '<%= config.bin %> ct start proxy --no-wait',
  ];
  static override args = { ct: args.targets('container') };
  static override flags = { wait: flags.wait() };

  protected readonly kind = container;
  protected readonly verb = 'start';
}
