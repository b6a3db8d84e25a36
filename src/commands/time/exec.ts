import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { behindDashes, refuseNoCommand } from '../../lib/commands/command-behind-dashes.js';
import { readTarget, targetTime } from '../../lib/commands/time/flags.js';
import type { TimeExecResult } from '../../lib/operations/time/local.js';

export default class TimeExec extends ChangeCommand<TimeExecResult> {
  static override summary = 'Run a program of this machine at another date, without any VM.';
  static override description = `With libfaketime, which shows the date to this one program: often enough for a browser or curl. Programs that are
linked statically, or that ask the kernel by themselves (Go), do not notice. The exit code is that of the program.`;
  static override usage = 'time exec (--to DATE | --offset OFFSET | --for-cert HOST) -- PROGRAM...';
  static override examples = [
    '<%= config.bin %> time exec --to 2020-01-31 -- curl -sS https://idrac-07.example.org',
    '<%= config.bin %> time exec --for-cert idrac-07.example.org -- firefox',
  ];
  static override strict = false;
  static override flags = { ...targetTime };

  protected override readonly quiet = true;

  override async run(): ReturnType<ChangeCommand<TimeExecResult>['run']> {
    const result = await super.run();
    if ('exitCode' in result) process.exitCode = result.exitCode;
    return result;
  }

  protected override async plan(): Promise<Plan> {
    const { before, command } = behindDashes(this.argv, this.positionals);
    refuseNoCommand(before.length > 0 ? [] : command, 'pmx time exec --to 2020-01-31 -- date');
    const to = await readTarget(this.flagsOf(TimeExec), undefined, {
      note: (text) => this.output.note(text),
      signal: this.session.signal,
    });
    const { planTimeExec } = await import('../../lib/operations/time/local.js');
    return planTimeExec(command, to, this.output.machine);
  }

  protected override view(): void {
    // The program had the terminal.
  }
}
