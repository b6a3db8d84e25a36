import { args, flags } from '@pmx-cli/kit';

import { PowerCommand } from '../../lib/commands/guest/power-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmStop extends PowerCommand {
  static override summary = 'Stop VMs at once, like pulling the plug.';
  static override description =
    'Whom a pattern or a selector matches is shown and asked about first; whoever is named is meant.';
  static override examples = [
    '<%= config.bin %> vm stop web-01',
    "<%= config.bin %> vm stop 110-120 'db-*' --yes",
    '<%= config.bin %> vm stop -l tag=web --yes',
    '<%= config.bin %> vm stop web-01 --no-wait',
  ];
  static override args = { vm: args.targets('VM') };
  static override flags = { wait: flags.wait() };

  protected readonly kind = vm;
  protected readonly verb = 'stop';
}
