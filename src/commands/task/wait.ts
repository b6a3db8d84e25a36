import { Args } from '@oclif/core';
import { flags, ShowCommand } from '@pmx-cli/kit';

interface WaitResult {
  upid: string;
  exitstatus: string;
}

export default class TaskWait extends ShowCommand<WaitResult> {
  static override summary = 'Wait until a task has ended; its failure is the exit code.';
  static override examples = [
    '<%= config.bin %> task wait UPID:pve1:0000030F:0002AC10:6B001488:qmcreate:100:root@pam:',
    '<%= config.bin %> task wait $(<%= config.bin %> vm start web-01 --no-wait) --timeout 60',
  ];
  static override args = {
    upid: Args.string({ description: 'UPID of the task.', required: true, ignoreStdin: true }),
  };
  static override flags = { timeout: flags.timeout('How long to wait.', 3600) };

  protected override async show(): Promise<WaitResult> {
    const { upid } = this.argsOf(TaskWait);
    const { timeout } = this.flagsOf(TaskWait);
    const { exitstatus } = await (
      await this.pve()
    ).waitForTask(upid, { signal: this.session.signal, timeout: timeout * 1000 });
    return { upid, exitstatus: exitstatus ?? 'OK' };
  }

  protected override view(result: WaitResult): void {
    this.output.print(result.exitstatus);
  }
}
