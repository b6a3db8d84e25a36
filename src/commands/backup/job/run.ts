import { ChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { jobArg } from '../../../lib/commands/backup/job-flags.js';
import type { JobRun } from '../../../lib/operations/backup/job/run.js';

export default class BackupJobRun extends ChangeCommand<JobRun> {
  static override summary = 'Run a backup job now, also one that is disabled.';
  static override description = `On each node that has guests of the job, with its options. Ctrl-C stops it and removes the archives of this run.
When a guest fails, so do those of its node; --keep-on-failure keeps what was made. Older backups stay, unless
--prune is given.`;
  static override examples = [
    '<%= config.bin %> backup job run nightly',
    '<%= config.bin %> backup job run nightly --prune --dry-run',
  ];
  static override args = { job: jobArg };
  static override flags = {
    prune: Flags.boolean({
      description: "Also remove what the job's retention does not keep; cannot be taken back.",
    }),
  };

  protected override async plan(): Promise<Plan[]> {
    const { planJobRun } = await import('../../../lib/operations/backup/job/run.js');
    const { job } = this.argsOf(BackupJobRun);
    return planJobRun(await this.pve(), job, this.flagsOf(BackupJobRun).prune);
  }

  protected override view({ job, node, guests, storage }: JobRun): void {
    const what = guests.length === 1 ? 'guest' : 'guests';
    this.output.print(
      `Backup job ${job} has backed ${what} ${guests.join(', ')} of node ${node} up to ${storage}.`,
    );
  }
}
