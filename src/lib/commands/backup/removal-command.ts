import { ChangeCommand } from '@pmx-cli/kit';

import type { BackupRemovalResult } from '../../operations/backup/remove.js';

/** What `backup delete` and `backup prune` have in common. */
export abstract class BackupRemovalCommand extends ChangeCommand<BackupRemovalResult> {
  static override strict = false;

  protected override view({ removed }: BackupRemovalResult): void {
    if (removed.length === 0) this.output.print('No backup to delete.');
    for (const volid of removed) this.output.print(`Backup ${volid} is gone.`);
  }
}
