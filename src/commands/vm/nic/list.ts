import { args, targetFlags } from '@pmx-cli/kit';

import { NicListCommand } from '../../../lib/commands/guest/nic/list-command.js';
import { vm } from '../../../lib/operations/guest/kind.js';

export default class VmNicList extends NicListCommand {
  static override summary = 'List the network devices of VMs.';
  static override examples = [
    '<%= config.bin %> vm nic list web-01',
    '<%= config.bin %> vm nic list -l tag=web --filter bridge=vmbr1',
  ];
  static override strict = false;
  static override args = { vm: args.targets('VM') };
  static override flags = targetFlags;

  protected readonly kind = vm;
}
