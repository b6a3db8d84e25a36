import { Args } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import { timestamp } from '../../lib/output/format.js';
import { taskPath } from '../../lib/operations/task/read.js';

interface TaskDetails {
  upid: string;
  node: string;
  type: string;
  id: string;
  user: string;
  starttime: number;
  status: string;
  exitstatus?: string;
}

export default class TaskShow extends ShowCommand<TaskDetails> {
  static override summary = 'Show the state of a task.';
  static override examples = [
    '<%= config.bin %> task show UPID:pve1:0000030F:0002AC10:6B001488:qmcreate:100:root@pam:',
  ];
  static override args = {
    upid: Args.string({ description: 'UPID of the task.', required: true, ignoreStdin: true }),
  };

  protected override async show(): Promise<TaskDetails> {
    const { upid } = this.argsOf(TaskShow);
    return (await this.pve()).get<TaskDetails>(`${taskPath(upid)}/status`);
  }

  protected override view(task: TaskDetails): void {
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
