import { args } from '@pmx-cli/kit';

import { HaChangeCommand, haFlags } from '../../lib/commands/ha/change-command.js';

export default class HaSet extends HaChangeCommand {
  static override summary = 'Change what HA does about guests.';
  static override examples = [
    '<%= config.bin %> ha set web-01 --state stopped',
    '<%= config.bin %> ha set 110-120 --max-relocate 2 --dry-run',
  ];
  static override args = { guest: args.targets('guest') };
  static override flags = haFlags;

  protected readonly verb = 'set';
}
