import { args, flags } from '@pmx-cli/kit';

import { PowerCommand } from '../../lib/commands/guest/power-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmReset extends PowerCommand {
  static override summary = 'Reset VMs at once, as if by their button.';
  static override description =
    'Whom a pattern or a selector matches is shown and asked about first; whoever is named is meant.';
  static override examples = [
    '<%= config.bin %> vm reset web-01',
    '<%= config.bin %> vm reset -l tag=web --yes',
  ];
  static override args = { vm: args.targets('VM') };
  static override flags = { wait: flags.wait() };

  protected readonly kind = vm;
  protected readonly verb = 'reset';
}
