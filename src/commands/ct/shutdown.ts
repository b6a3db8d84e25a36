import { args, flags } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { PowerCommand } from '../../lib/commands/guest/power-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtShutdown extends PowerCommand {
  static override summary = 'Ask containers to shut down, and wait until they have.';
  static override examples = [
    '<%= config.bin %> ct shutdown proxy',
    '<%= config.bin %> ct shutdown -l tag=web --timeout 60 --force',
  ];
  static override args = { ct: args.targets('container') };
  static override flags = {
    wait: flags.wait(),
    timeout: flags.timeout('How long a container gets to shut down by itself.', 180),
    force: Flags.boolean({ description: 'Stop it when the time is over.' }),
  };

  protected readonly kind = container;
  protected readonly verb = 'shutdown';
}
