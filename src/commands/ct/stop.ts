import { args, flags } from '@pmx-cli/kit';

import { PowerCommand } from '../../lib/commands/guest/power-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtStop extends PowerCommand {
  static override summary = 'Stop containers at once, like pulling the plug.';
  static override description =
    'Whom a pattern or a selector matches is shown and asked about first; whoever is named is meant.';
  static override examples = [
    '<%= config.bin %> ct stop proxy',
    "<%= config.bin %> ct stop 110-120 'db-*' --yes",
    '<%= config.bin %> ct stop -l tag=web --yes',
    '<%= config.bin %> ct stop proxy --no-wait',
  ];
  static override args = { ct: args.targets('container') };
  static override flags = { wait: flags.wait() };

  protected readonly kind = container;
  protected readonly verb = 'stop';
}
