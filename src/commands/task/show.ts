import { Args } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import { timestamp } from '../../lib/output/format.js';
import { readTask, type TaskStatus } from '../../lib/operations/task/read.js';

export default class TaskShow extends ShowCommand<TaskStatus> {
  static override summary = 'Show the state of a task.';
  static override examples = [
    '<%= config.bin %> task show UPID:pve1:0000030F:0002AC10:6B001488:qmcreate:100:root@pam:',
  ];
  static override args = {
    upid: Args.string({ description: 'UPID of the task.', required: true, ignoreStdin: true }),
  };

  protected override async show(): Promise<TaskStatus> {
    const { upid } = this.argsOf(TaskShow);
    return readTask(await this.pve(), upid);
  }

  protected override view(task: TaskStatus): void {
    this.output.fields([
      ['UPID', task.upid],
      ['Type', task.type],
      ['Id', task.id],
      ['Node', task.node],
      ['User', task.user],
      ['Started', timestamp(task.starttime)],
      ['Status', task.status],
      ['Result', task.exitstatus],
    ]);
  }
}
