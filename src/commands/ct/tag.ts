import { args } from '@pmx-cli/kit';

import { GuestTagCommand, tagCommandFlags } from '../../lib/commands/guest/tag-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtTag extends GuestTagCommand {
  static override summary = 'Add and remove tags of containers.';
  static override examples = [
    '<%= config.bin %> ct tag proxy +prod test-',
    '<%= config.bin %> ct tag -l tag=web --add prod --remove test',
    '<%= config.bin %> ct tag proxy --set web,prod',
  ];
  static override args = { ct: args.targets('container') };
  static override flags = tagCommandFlags;

  protected readonly kind = container;
}
