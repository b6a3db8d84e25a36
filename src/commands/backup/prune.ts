import type { Plan } from '@pmx-cli/kit';
import { Args, Flags } from '@oclif/core';

import { BackupRemovalCommand } from '../../lib/commands/backup/removal-command.js';

const keep = (description: string) =>
  Flags.integer({ description, helpGroup: 'WHAT STAYS', helpValue: 'N', min: 0, max: 10_000 });

export default class BackupPrune extends BackupRemovalCommand {
  static override summary = 'Delete backups that no retention rule keeps.';
  static override description = `The server itself says which ones its rules keep, for each guest; --dry-run lists exactly what goes and what
stays. Protected ones always stay. Asks, unless --yes is given.`;
  static override examples = [
    '<%= config.bin %> backup prune --keep-last 3 --keep-daily 7 --dry-run',
    '<%= config.bin %> backup prune web-01 --storage local --keep-last 1 --yes',
  ];
  static override args = {
    guest: Args.string({
      description: 'Numbers or names of guests; all when left out.',
      ignoreStdin: true,
    }),
  };
  static override flags = {
    storage: Flags.string({ description: 'Only on this storage.', helpValue: 'STORAGE' }),
    'keep-last': keep('The newest ones.'),
    'keep-hourly': keep('Of so many hours the newest one.'),
    'keep-daily': keep('Of so many days the newest one.'),
    'keep-weekly': keep('Of so many weeks the newest one.'),
    'keep-monthly': keep('Of so many months the newest one.'),
    'keep-yearly': keep('Of so many years the newest one.'),
  };

  protected override async plan(): Promise<Plan> {
    const given = this.flagsOf(BackupPrune);
    const { planBackupPrune } = await import('../../lib/operations/backup/remove.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const retention = Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) =>
        name.startsWith('keep-') && typeof value === 'number' ? [[name.slice(5), value]] : [],
      ),
    );
    return planBackupPrune(pve, inventory, this.positionals, given.storage, retention);
  }
}
