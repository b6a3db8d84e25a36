import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { Schedule } from '../../lib/operations/schedule/entry.js';

export default class ScheduleRemove extends ChangeCommand<Schedule> {
  static override summary = 'Stop running a command by a timer.';
  static override description =
    'Removes the timer, or the line of the crontab, that pmx schedule add has made, and nothing else. What runs now goes on.';
  static override examples = ['<%= config.bin %> schedule remove nightly'];
  static override args = {
    name: Args.string({ description: 'Name of the schedule.', required: true, ignoreStdin: true }),
  };

  protected override async plan(): Promise<Plan> {
    const { planScheduleRemove } = await import('../../lib/operations/schedule/change.js');
    return planScheduleRemove(this.argsOf(ScheduleRemove).name);
  }

  protected override view({ name }: Schedule): void {
    this.output.print(`Schedule ${name} is gone.`);
  }
}
