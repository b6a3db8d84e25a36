import { type Column, ListCommand } from '@pmx-cli/kit';

import type { BackupJob } from '../../../lib/operations/backup/job/read.js';
import { timestamp } from '../../../lib/output/format.js';

export default class BackupJobList extends ListCommand<BackupJob> {
  static override summary = 'List the backup jobs.';
  static override examples = [
    '<%= config.bin %> backup job list',
    '<%= config.bin %> backup job list --filter enabled=false --json',
  ];

  protected readonly whenEmpty = 'No backup jobs.';
  protected readonly columns: ReadonlyArray<Column<BackupJob>> = [
    { header: 'job', value: (row) => row.job },
    { header: 'enabled', value: (row) => (row.enabled ? 'yes' : 'no') },
    { header: 'schedule', value: (row) => row.schedule },
    { header: 'next run', key: 'nextRunSeconds', value: (row) => timestamp(row.nextRunSeconds) },
    { header: 'covers', value: (row) => row.covers },
    { header: 'node', value: (row) => row.node },
    { header: 'storage', value: (row) => row.storage },
    { header: 'keep', value: (row) => row.keep },
    { header: 'mode', value: (row) => row.mode, wide: true },
    { header: 'comment', value: (row) => row.comment },
  ];

  protected override reference({ job }: BackupJob): string {
    return job;
  }

  protected override async list(): Promise<BackupJob[]> {
    const { listJobs } = await import('../../../lib/operations/backup/job/read.js');
    return listJobs(await this.pve());
  }
}
