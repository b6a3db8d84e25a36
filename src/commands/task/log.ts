import { Args, Flags } from '@oclif/core';
import { noPlan, type Plan, ShowCommand } from '@pmx-cli/kit';

import type { TaskLogResult } from '../../lib/operations/task/follow.js';

export default class TaskLog extends ShowCommand<TaskLogResult> {
  static override summary = 'Print the log of a task.';
  static override description = `With --follow lines are printed as they come until the task has ended; when it failed, the exit code is 3.
Ctrl-C stops only the looking.`;
  static override examples = [
    '<%= config.bin %> task log UPID:pve1:0000030F:0002AC10:6B001488:qmcreate:100:root@pam:',
    '<%= config.bin %> task log -f UPID:pve1:0000030F:0002AC10:6B001488:qmcreate:100:root@pam:',
  ];
  static override args = {
    upid: Args.string({ description: 'UPID of the task.', required: true, ignoreStdin: true }),
  };
  static override flags = {
    follow: Flags.boolean({ char: 'f', description: 'Go on until the task has ended.' }),
  };

  /** Following would wait. */
  protected override async planOnly(): Promise<Plan[]> {
    if (this.flagsOf(TaskLog).follow) throw noPlan(this.id);
    return super.planOnly();
  }

  protected override async show(): Promise<TaskLogResult> {
    const { upid } = this.argsOf(TaskLog);
    const { followLog, readLog } = await import('../../lib/operations/task/follow.js');
    const pve = await this.pve();
    if (!this.flagsOf(TaskLog).follow) return { upid, lines: await readLog(pve, upid) };
    return followLog(pve, upid, {
      signal: this.session.signal,
      closed: this.output.closed,
      onLines: (lines) => this.#print(lines),
    });
  }

  protected override view({ lines }: TaskLogResult): void {
    if (!this.flagsOf(TaskLog).follow) this.#print(lines);
  }

  #print(lines: readonly string[]): void {
    for (const line of lines) this.output.print(line);
  }
}
