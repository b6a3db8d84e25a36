import { args } from '@pmx-cli/kit';

import { BackupCommand, backupFlags } from '../../lib/commands/guest/backup-command.js';

export default class BackupCreate extends BackupCommand {
  static override summary = 'Back guests up, VMs and containers alike.';
  static override description = `One archive for each. Ctrl-C stops a backup that runs, and nothing of it is left.`;
  static override examples = [
    '<%= config.bin %> backup create web-01 proxy',
    '<%= config.bin %> backup create -l tag=prod --storage local --keep 7',
    '<%= config.bin %> backup create 110-120 --mode stop --dry-run',
  ];
  static override args = { guest: args.targets('guest') };
  static override flags = backupFlags;

  protected readonly targets = { template: false, noun: 'guest' } as const;
}
