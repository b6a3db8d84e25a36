import { ChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import {
  jobArg,
  jobFlags,
  scheduleFlag,
  wishesOf,
} from '../../../lib/commands/backup/job-flags.js';
import type { JobChanged } from '../../../lib/operations/backup/job/change.js';

export default class BackupJobCreate extends ChangeCommand<JobChanged> {
  static override summary = 'Back guests up by schedule.';
  static override description =
    'Proxmox VE itself carries the job out. Which guests it covers now is shown beforehand.';
  static override examples = [
    "<%= config.bin %> backup job create nightly --schedule '02:00' --all --storage local",
    "<%= config.bin %> backup job create weekly --schedule 'sun 02:00' --vmid 101,102 --storage local --keep-last 4",
    "<%= config.bin %> backup job create quick --schedule '*/15' --all --exclude 105 --storage local --dry-run",
  ];
  static override args = { job: jobArg };
  static override flags = {
    schedule: Flags.string({ ...scheduleFlag, required: true }),
    storage: Flags.string({
      description: 'Where the archives go.',
      helpValue: 'STORAGE',
      required: true,
    }),
    ...jobFlags,
  };

  protected override async plan(): Promise<Plan> {
    const { planJobCreate } = await import('../../../lib/operations/backup/job/change.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const { job } = this.argsOf(BackupJobCreate);
    return planJobCreate(pve, inventory, job, wishesOf(this.flagsOf(BackupJobCreate)));
  }

  protected override view({ job }: JobChanged): void {
    this.output.print(`Backup job ${job} is there.`);
  }
}
