import type { Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { JobChangeCommand } from '../../../lib/commands/backup/job-change-command.js';
import {
  jobArg,
  jobFlags,
  scheduleFlag,
  wishesOf,
} from '../../../lib/commands/backup/job-flags.js';

export default class BackupJobSet extends JobChangeCommand {
  static override summary = 'Change a backup job.';
  static override description =
    'What is not named stays. Old and new values are shown; pmx undo brings the old ones back.';
  static override examples = [
    "<%= config.bin %> backup job set nightly --schedule 'mon..fri 22:30'",
    '<%= config.bin %> backup job set nightly --keep-last 7 --keep-weekly 4 --dry-run',
    '<%= config.bin %> backup job set nightly --unset keep --unset comment',
  ];
  static override args = { job: jobArg };
  static override flags = {
    schedule: Flags.string(scheduleFlag),
    storage: Flags.string({ description: 'Where the archives go.', helpValue: 'STORAGE' }),
    ...jobFlags,
    unset: Flags.option({
      description: 'Back to the default.',
      options: ['node', 'keep', 'notes', 'comment', 'exclude'] as const,
      multiple: true,
    })(),
  };

  protected override async plan(): Promise<Plan> {
    const { planJobSet } = await import('../../../lib/operations/backup/job/change.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const given = this.flagsOf(BackupJobSet);
    const { job } = this.argsOf(BackupJobSet);
    return planJobSet(pve, inventory, job, wishesOf(given), given.unset);
  }
}
