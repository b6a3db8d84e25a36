import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { StoppedTask } from '../../lib/operations/task/stop.js';

export default class TaskStop extends ChangeCommand<StoppedTask> {
  static override summary = 'Stop running tasks.';
  static override description = `The server ends the work and cleans up what it can: a clone that is stopped leaves nothing. Asks, unless
--yes is given. pmx task wait UPID tells how it ended.`;
  static override examples = [
    '<%= config.bin %> task stop UPID:pve1:0000030F:0002AC10:6B001488:qmclone:9000:root@pam:',
    '<%= config.bin %> task stop $(<%= config.bin %> task list --status running --type vzdump -o name) --yes',
  ];
  static override strict = false;
  static override args = {
    upid: Args.string({
      description: 'UPID of the task; several may be given.',
      required: true,
      ignoreStdin: true,
    }),
  };

  protected override async plan(): Promise<Plan[]> {
    const { planTaskStop } = await import('../../lib/operations/task/stop.js');
    const pve = await this.pve();
    return Promise.all([...new Set(this.positionals)].map((upid) => planTaskStop(pve, upid)));
  }

  protected override view({ upid, changed }: StoppedTask): void {
    this.output.print(changed ? `Told to stop: ${upid}` : `Had ended already: ${upid}`);
  }
}
