import type { Plan } from '@pmx-cli/kit';

import { JobChangeCommand } from '../../../lib/commands/backup/job-change-command.js';
import { jobArg } from '../../../lib/commands/backup/job-flags.js';

export default class BackupJobEnable extends JobChangeCommand {
  static override summary = 'Let backup jobs run by schedule again.';
  static override examples = [
    '<%= config.bin %> backup job enable nightly',
    '<%= config.bin %> backup job enable nightly weekly --dry-run',
  ];
  static override strict = false;
  static override args = { job: jobArg };

  protected override async plan(): Promise<Plan[]> {
    const { planJobsEnabled } = await import('../../../lib/operations/backup/job/change.js');
    return planJobsEnabled(await this.pve(), this.positionals, true);
  }
}
