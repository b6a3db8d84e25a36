import { ShowCommand } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import type { BackupDetails } from '../../lib/operations/backup/show.js';
import { bytes, timestamp } from '../../lib/output/format.js';

export default class BackupShow extends ShowCommand<BackupDetails> {
  static override summary = 'Show a backup and the configuration in it.';
  static override examples = [
    '<%= config.bin %> backup show web-01@latest',
    '<%= config.bin %> backup show local:backup/vzdump-qemu-101-2026_11_20-02_00_00.vma.zst --json',
  ];
  static override args = {
    backup: Args.string({
      description: 'Archive, or a guest: its newest backup.',
      required: true,
      ignoreStdin: true,
    }),
  };

  protected override async show(): Promise<BackupDetails> {
    const { showBackup } = await import('../../lib/operations/backup/show.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    return showBackup(pve, inventory, this.argsOf(BackupShow).backup);
  }

  protected override view(backup: BackupDetails): void {
    this.output.fields([
      ['Backup', backup.volid],
      ['Guest', backup.vmid],
      ['Taken', timestamp(backup.createdSeconds)],
      ['Size', bytes(backup.sizeBytes)],
      ['Protected', backup.protected ? 'yes' : 'no'],
      ['Verified', backup.verified],
      ['Notes', backup.notes],
    ]);
    this.output.print('');
    this.output.fields(Object.entries(backup.config).sort(([a], [b]) => a.localeCompare(b)));
  }
}
