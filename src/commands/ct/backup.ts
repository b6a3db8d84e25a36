import { args } from '@pmx-cli/kit';

import { BackupCommand, backupFlags } from '../../lib/commands/guest/backup-command.js';
import { container, targetsOf } from '../../lib/operations/guest/kind.js';

export default class CtBackup extends BackupCommand {
  static override summary = 'Back containers up.';
  static override description = `One archive for each. Ctrl-C stops a backup that runs, and nothing of it is left.`;
  static override examples = [
    '<%= config.bin %> ct backup proxy',
    '<%= config.bin %> ct backup -l tag=prod --storage local --keep 7',
    '<%= config.bin %> ct backup proxy --mode stop --protected --notes "before the upgrade"',
  ];
  static override args = { ct: args.targets('container') };
  static override flags = backupFlags;

  protected readonly targets = targetsOf(container);
}
