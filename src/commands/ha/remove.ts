import { args } from '@pmx-cli/kit';

import { HaChangeCommand } from '../../lib/commands/ha/change-command.js';

export default class HaRemove extends HaChangeCommand {
  static override summary = 'Take guests out of HA; they stay as they are.';
  static override description =
    'Rules go on naming them, so that pmx ha add brings everything back.';
  static override examples = [
    '<%= config.bin %> ha remove web-01',
    '<%= config.bin %> ha remove -l tag=test --dry-run',
  ];
  static override args = { guest: args.targets('guest') };

  protected readonly verb = 'remove';
}
