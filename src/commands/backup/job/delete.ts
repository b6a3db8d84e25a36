import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { jobArg } from '../../../lib/commands/backup/job-flags.js';
import type { JobChanged } from '../../../lib/operations/backup/job/change.js';

export default class BackupJobDelete extends ChangeCommand<JobChanged> {
  static override summary = 'Delete backup jobs; the backups that they made stay.';
  static override description =
    'Names the guests that a job covers, and asks, unless --yes is given. To pause a job: backup job disable.';
  static override examples = [
    '<%= config.bin %> backup job delete nightly',
    '<%= config.bin %> backup job delete nightly weekly --dry-run',
  ];
  static override strict = false;
  static override args = { job: jobArg };

  protected override async plan(): Promise<Plan[]> {
    const { planJobDeletes } = await import('../../../lib/operations/backup/job/change.js');
    return planJobDeletes(await this.pve(), this.positionals);
  }

  protected override view({ job }: JobChanged): void {
    this.output.print(`Backup job ${job} is gone.`);
  }
}
