import { Flags } from '@oclif/core';
import { args, ChangeCommand, type Plan, type TimeShiftContext } from '@pmx-cli/kit';

import { oneVm } from '../../lib/commands/agent-read-command.js';
import { behindDashes, refuseNoCommand } from '../../lib/commands/command-behind-dashes.js';
import { readTarget, targetTime } from '../../lib/commands/time/flags.js';
import { askPlugins } from '../../lib/commands/time/hooks.js';
import type { TimeRunResult } from '../../lib/operations/time/run.js';

export default class TimeRun extends ChangeCommand<TimeRunResult> {
  static override summary = 'Run a program in a VM at another date, then bring its clock home.';
  static override description = `Shifts the clock, runs the program through the guest agent and restores the clock, also when something goes wrong
or Ctrl-C is pressed; after a crash of pmx "pmx time restore --due" does it. The exit code is that of the program,
as with "pmx vm exec".`;
  static override usage =
    'time run VM (--to DATE | --offset OFFSET | --for-cert HOST) -- PROGRAM...';
  static override examples = [
    '<%= config.bin %> time run jump-01 --to 2020-01-31 -- curl -sS https://idrac-07.example.org',
    '<%= config.bin %> time run jump-01 --for-cert idrac-07.example.org -- ./update-firmware.sh',
  ];
  static override strict = false;
  static override args = { vm: args.one('VM') };
  static override flags = {
    ...targetTime,
    reason: Flags.string({ description: 'Is written down with the shift.', helpValue: 'TEXT' }),
    timeout: Flags.integer({
      description: 'How long to wait for the end of the program; it goes on after that.',
      helpValue: 'SECONDS',
      min: 1,
      max: 86_400,
    }),
  };

  protected override readonly quiet = true;
  #shift: TimeShiftContext | undefined;

  override async run(): ReturnType<ChangeCommand<TimeRunResult>['run']> {
    const result = await super.run();
    if ('exitCode' in result)
      process.exitCode = result.exitCode & 255 || Number(result.exitCode !== 0);
    return result;
  }

  protected override async plan(): Promise<Plan> {
    const { before, command } = behindDashes(this.argv, this.positionals);
    refuseNoCommand(command, 'pmx time run jump-01 --to 2020-01-31 -- date');
    const flags = this.flagsOf(TimeRun);
    const guest = await oneVm(await this.inventory(), before[0] ?? '');
    const stay = flags.timeout === undefined ? undefined : flags.timeout * 1000;
    const to = await readTarget(flags, stay, {
      note: (text) => this.output.note(text),
      signal: this.session.signal,
    });
    const { vmid, name, node } = guest;
    this.#shift = { vmid, name, node, to: new Date(to).toISOString(), reason: flags.reason };
    await askPlugins(this.config, 'validate-target', this.#shift);
    const { planTimeRun } = await import('../../lib/operations/time/run.js');
    const plan = await planTimeRun(await this.pve(), {
      guest,
      command,
      state: this.session.paths.state,
      to,
      reason: flags.reason,
      ...(flags.timeout !== undefined && { timeoutSeconds: flags.timeout }),
    });
    if (this.parsedFlags['dry-run'] !== true)
      await askPlugins(this.config, 'pre-shift', this.#shift);
    return plan;
  }

  protected override async afterwards(): Promise<void> {
    if (this.#shift) await askPlugins(this.config, 'post-shift', this.#shift);
  }

  protected override view({ stdout, stderr, encoding, vmid, error }: TimeRunResult): void {
    this.output.raw(Buffer.from(stdout, encoding));
    this.output.raw(Buffer.from(stderr, encoding), 'stderr');
    this.output.note(`VM ${vmid}: the clock is back, ${error} ms off.`);
  }
}
