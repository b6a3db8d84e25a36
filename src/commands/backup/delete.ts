import type { Plan } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { BackupRemovalCommand } from '../../lib/commands/backup/removal-command.js';

export default class BackupDelete extends BackupRemovalCommand {
  static override summary = 'Delete backups.';
  static override description = `Protected ones are refused, and then nothing is deleted. Asks, unless --yes is given.`;
  static override examples = [
    '<%= config.bin %> backup delete local:backup/vzdump-qemu-101-2026_11_20-02_00_00.vma.zst',
    '<%= config.bin %> backup delete web-01@latest --dry-run',
  ];
  static override args = {
    backup: Args.string({
      description: 'Archives, or guests: their newest backups.',
      required: true,
      ignoreStdin: true,
    }),
  };

  protected override async plan(): Promise<Plan> {
    const { planBackupDelete } = await import('../../lib/operations/backup/remove.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    return planBackupDelete(pve, inventory, this.positionals);
  }
}
