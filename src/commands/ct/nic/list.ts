import { args, targetFlags } from '@pmx-cli/kit';

import { NicListCommand } from '../../../lib/commands/guest/nic/list-command.js';
import { container } from '../../../lib/operations/guest/kind.js';

export default class CtNicList extends NicListCommand {
  static override summary = 'List the network devices of containers.';
  static override examples = [
    '<%= config.bin %> ct nic list proxy',
    '<%= config.bin %> ct nic list -l tag=web --filter bridge=vmbr1',
  ];
  static override strict = false;
  static override args = { ct: args.targets('container') };
  static override flags = targetFlags;

  protected readonly kind = container;
}
