import { args, flags } from '@pmx-cli/kit';

import { PowerCommand } from '../../lib/commands/guest/power-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtResume extends PowerCommand {
  static override summary = 'Let frozen containers go on.';
  static override examples = [
    '<%= config.bin %> ct resume proxy',
    '<%= config.bin %> ct resume -l tag=web',
  ];
  static override args = { ct: args.targets('container') };
  static override flags = { wait: flags.wait() };

  protected readonly kind = container;
  protected readonly verb = 'resume';
}
