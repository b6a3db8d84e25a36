import { args } from '@pmx-cli/kit';

import { BackupCommand, backupFlags } from '../../lib/commands/guest/backup-command.js';
import { targetsOf, vm } from '../../lib/operations/guest/kind.js';

export default class VmBackup extends BackupCommand {
  static override summary = 'Back VMs up.';
  static override description = `One archive for each. Ctrl-C stops a backup that runs, and nothing of it is left.`;
  static override examples = [
    '<%= config.bin %> vm backup web-01',
    '<%= config.bin %> vm backup -l tag=prod --storage local --keep 7',
    '<%= config.bin %> vm backup web-01 --mode stop --protected --notes "before the upgrade"',
  ];
  static override args = { vm: args.targets('VM') };
  static override flags = backupFlags;

  protected readonly targets = targetsOf(vm);
}
