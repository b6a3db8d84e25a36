import { args, flags } from '@pmx-cli/kit';

import { PowerCommand } from '../../lib/commands/guest/power-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtSuspend extends PowerCommand {
  static override summary = 'Freeze containers (Proxmox VE calls this experimental).';
  static override examples = [
    '<%= config.bin %> ct suspend proxy',
    '<%= config.bin %> ct suspend -l tag=web',
  ];
  static override args = { ct: args.targets('container') };
  static override flags = { wait: flags.wait() };

  protected readonly kind = container;
  protected readonly verb = 'suspend';
}
