import { type Column, ListCommand } from '@pmx-cli/kit';

import type { Schedule } from '../../lib/operations/schedule/entry.js';

export default class ScheduleList extends ListCommand<Schedule> {
  static override summary = 'List what pmx runs by a timer.';
  static override description =
    'Those of this user on this machine that pmx schedule add has made; other timers and lines of the crontab are none of its business.';
  static override examples = ['<%= config.bin %> schedule list'];

  protected readonly whenEmpty = 'No schedules.';
  protected readonly columns: ReadonlyArray<Column<Schedule>> = [
    { header: 'name', value: (row) => row.name },
    { header: 'at', value: (row) => row.at },
    { header: 'by', value: (row) => row.by },
    { header: 'command', value: (row) => row.command.join(' ') },
  ];

  protected override async list(): Promise<Schedule[]> {
    const { readSchedules } = await import('../../lib/operations/schedule/change.js');
    return readSchedules();
  }
}
