import { ChangeCommand } from '@pmx-cli/kit';

import type { JobChanged } from '../../operations/backup/job/change.js';

/** What `backup job set|enable|disable` have in common. */
export abstract class JobChangeCommand extends ChangeCommand<JobChanged> {
  protected override view({ job, changed }: JobChanged): void {
    this.output.print(
      changed ? `Backup job ${job} is as asked for.` : `Backup job ${job} was so already.`,
    );
  }
}
