import { ShowCommand } from '@pmx-cli/kit';

import { jobArg } from '../../../lib/commands/backup/job-flags.js';
import type { BackupJobDetails } from '../../../lib/operations/backup/job/read.js';

export default class BackupJobShow extends ShowCommand<BackupJobDetails> {
  static override summary = 'Show a backup job and the guests that it covers now.';
  static override examples = [
    '<%= config.bin %> backup job show nightly',
    '<%= config.bin %> backup job show nightly --json',
  ];
  static override args = { job: jobArg };

  protected override async show(): Promise<BackupJobDetails> {
    const { showJob } = await import('../../../lib/operations/backup/job/read.js');
    return showJob(await this.pve(), this.argsOf(BackupJobShow).job);
  }

  protected override view({ job, covers, guests, missing, options }: BackupJobDetails): void {
    this.output.fields([
      ['Job', job],
      ['Covers', covers],
      ['Guests now', guests.map(({ vmid, name }) => `${vmid} (${name})`).join(', ') || 'none'],
      ...(missing.length > 0 ? [['Not there', missing.join(', ')] as [string, string]] : []),
    ]);
    this.output.print('');
    this.output.fields(Object.entries(options).sort(([a], [b]) => a.localeCompare(b)));
  }
}
