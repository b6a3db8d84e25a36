import { type Column, flags, ListCommand } from '@pmx-cli/kit';
import { Args, Flags } from '@oclif/core';

import type { Backup } from '../../lib/operations/backup/read.js';
import { bytes, timestamp } from '../../lib/output/format.js';

export default class BackupList extends ListCommand<Backup> {
  static override summary = 'List backups, the newest first.';
  static override description = `Of guests by number or name, or all. A guest that is gone is found by its number, or by its name in the notes.`;
  static override examples = [
    '<%= config.bin %> backup list',
    '<%= config.bin %> backup list web-01 --storage local',
    '<%= config.bin %> backup list 101 -o name',
  ];
  static override strict = false;
  static override args = {
    guest: Args.string({ description: 'Numbers or names of guests.', ignoreStdin: true }),
  };
  static override flags = {
    storage: Flags.string({ description: 'Only on this storage.', helpValue: 'STORAGE' }),
    node: flags.onNode('Only storages of this node.'),
  };

  protected readonly whenEmpty = 'No backups.';
  protected readonly columns: ReadonlyArray<Column<Backup>> = [
    { header: 'vmid', value: (row) => row.vmid, align: 'right' },
    { header: 'taken', key: 'createdSeconds', value: (row) => timestamp(row.createdSeconds) },
    { header: 'size', key: 'sizeBytes', value: (row) => bytes(row.sizeBytes), align: 'right' },
    { header: 'protected', value: (row) => (row.protected ? 'yes' : 'no') },
    { header: 'verified', value: (row) => row.verified },
    { header: 'backup', key: 'volid', value: (row) => row.volid },
    { header: 'notes', value: (row) => row.notes.split('\n')[0] },
    { header: 'node', value: (row) => row.node, wide: true },
  ];

  protected override reference({ volid }: Backup): string {
    return volid;
  }

  protected override async list(): Promise<Backup[]> {
    const { storage, node } = this.flagsOf(BackupList);
    const { backupsOfWords } = await import('../../lib/operations/backup/read.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    return backupsOfWords(pve, inventory, this.positionals, {
      storage,
      node,
      // One storage that is away does not hide the others; one that was asked for is told.
      ...(storage === undefined && {
        onUnreadable: (name, message) =>
          this.output.warn(`Storage ${name} is left out: ${message}`),
      }),
    });
  }
}
