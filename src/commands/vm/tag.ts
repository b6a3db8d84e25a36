import { args } from '@pmx-cli/kit';

import { GuestTagCommand, tagCommandFlags } from '../../lib/commands/guest/tag-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmTag extends GuestTagCommand {
  static override summary = 'Add and remove tags of VMs.';
  static override examples = [
    '<%= config.bin %> vm tag web-01 +prod test-',
    '<%= config.bin %> vm tag -l tag=web --add prod --remove test',
    '<%= config.bin %> vm tag web-01 --set web,prod',
  ];
  static override args = { vm: args.targets('VM') };
  static override flags = tagCommandFlags;

  protected readonly kind = vm;
}
