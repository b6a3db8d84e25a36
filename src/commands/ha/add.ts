import { args } from '@pmx-cli/kit';

import { HaChangeCommand, haFlags } from '../../lib/commands/ha/change-command.js';

export default class HaAdd extends HaChangeCommand {
  static override summary = 'Let HA manage guests.';
  static override description =
    'HA then keeps them in the state that is asked for: a started one that ends is started again, here or elsewhere.';
  static override examples = [
    '<%= config.bin %> ha add web-01',
    '<%= config.bin %> ha add -l tag=prod --max-restart 3 --comment "shop"',
    '<%= config.bin %> ha add proxy --state stopped --dry-run',
  ];
  static override args = { guest: args.targets('guest') };
  static override flags = haFlags;

  protected readonly verb = 'add';
}
