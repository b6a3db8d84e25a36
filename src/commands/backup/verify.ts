import { type Column, ExitCode, ListCommand } from '@pmx-cli/kit';
import { Args, Flags } from '@oclif/core';

import type { BackupVerdict } from '../../lib/operations/backup/verify.js';
import { bytes } from '../../lib/output/format.js';

export default class BackupVerify extends ListCommand<BackupVerdict> {
  static override summary = 'Tell whether backups look sound.';
  static override description = `Asks for the verdict of a Proxmox Backup Server; where there is none it looks at what the API shows: the size, and
whether the configuration in the archive can be read. Only a restore tells whether all data is whole. Ends with 3
when a backup failed.`;
  static override examples = [
    '<%= config.bin %> backup verify web-01',
    '<%= config.bin %> backup verify --storage local',
  ];
  static override strict = false;
  static override args = {
    backup: Args.string({
      description: 'Archives, or guests: their newest backups. All when left out.',
      ignoreStdin: true,
    }),
  };
  static override flags = {
    storage: Flags.string({ description: 'Only on this storage.', helpValue: 'STORAGE' }),
  };

  protected readonly whenEmpty = 'No backups.';
  protected readonly columns: ReadonlyArray<Column<BackupVerdict>> = [
    { header: 'verdict', value: (row) => row.verdict },
    { header: 'vmid', value: (row) => row.vmid, align: 'right' },
    { header: 'size', key: 'sizeBytes', value: (row) => bytes(row.sizeBytes), align: 'right' },
    { header: 'backup', key: 'volid', value: (row) => row.volid },
    { header: 'found', value: (row) => row.found },
  ];

  protected override async list(): Promise<BackupVerdict[]> {
    const { verifyBackups } = await import('../../lib/operations/backup/verify.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const { storage } = this.flagsOf(BackupVerify);
    const verdicts = await verifyBackups(pve, inventory, this.positionals, storage);
    if (verdicts.some(({ verdict }) => verdict === 'failed')) process.exitCode = ExitCode.proxmox;
    return verdicts;
  }
}
