import { Args } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import { taskPath } from '../../lib/operations/task/read.js';

interface TaskLogResult {
  upid: string;
  lines: string[];
}

export default class TaskLog extends ShowCommand<TaskLogResult> {
  static override summary = 'Print the log of a task.';
  static override examples = [
    '<%= config.bin %> task log UPID:pve1:0000030F:0002AC10:6B001488:qmcreate:100:root@pam:',
  ];
  static override args = {
    upid: Args.string({ description: 'UPID of the task.', required: true, ignoreStdin: true }),
  };

  protected override async show(): Promise<TaskLogResult> {
    const { upid } = this.argsOf(TaskLog);
    // limit=0 is "all" for a log; for the list of tasks it is "none".
    const rows = await (
      await this.pve()
    ).get<Array<{ n: number; t: string }>>(`${taskPath(upid)}/log`, { limit: 0 });
    return { upid, lines: rows.map((row) => row.t) };
  }

  protected override view(log: TaskLogResult): void {
    for (const line of log.lines) this.output.print(line);
  }
}
