import type { Plan } from '@pmx-cli/kit';

import { JobChangeCommand } from '../../../lib/commands/backup/job-change-command.js';
import { jobArg } from '../../../lib/commands/backup/job-flags.js';

export default class BackupJobDisable extends JobChangeCommand {
  static override summary = 'Keep backup jobs from running by schedule; they stay.';
  static override examples = [
    '<%= config.bin %> backup job disable nightly',
    '<%= config.bin %> backup job disable nightly weekly --dry-run',
  ];
  static override strict = false;
  static override args = { job: jobArg };

  protected override async plan(): Promise<Plan[]> {
    const { planJobsEnabled } = await import('../../../lib/operations/backup/job/change.js');
    return planJobsEnabled(await this.pve(), this.positionals, false);
  }
}
