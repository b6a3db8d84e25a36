import { Flags } from '@oclif/core';
import {
  args,
  flags as kitFlags,
  type Guest,
  GuestChangeCommand,
  type Plan,
  type TimeShiftContext,
} from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { readTarget, span, targetTime } from '../../lib/commands/time/flags.js';
import { askPlugins } from '../../lib/commands/time/hooks.js';
import { targetsOf, vm } from '../../lib/operations/guest/kind.js';
import type { AutoRestore } from '../../lib/operations/time/auto-restore.js';
import type { ShiftResult } from '../../lib/operations/time/shift.js';

export default class TimeShift extends GuestChangeCommand<ShiftResult> {
  static override summary = 'Shift the clocks of running VMs, until they are restored.';
  static override description = `For certificates that have expired: how the clock was kept is written down and synced to disk first, then the NTP
service is stopped, the clock set through the guest agent and read back. The shift stays open until "pmx time
restore"; a second shift does not change what that goes back to.

Only the guest's own clock is moved, so a reboot ends the shift; with --persist the hardware clock is written, too,
and the NTP service does not come back with a reboot.

A guest without agent: --mode rtc sets the date its hardware clock begins with (startdate) and starts it cold.
Systemd does not boot earlier than it was built; once the agent answers, a second shift sets the date right.`;
  static override examples = [
    '<%= config.bin %> time shift jump-01 --to 2020-01-31',
    '<%= config.bin %> time shift jump-01 --offset=-3y --duration 15m',
    '<%= config.bin %> time shift old-01 --to 2020-01-31 --mode rtc --force',
    '<%= config.bin %> time shift jump-01 --for-cert idrac-07.example.org --auto-restore 24h --reason CHG-4711',
  ];
  static override strict = false;
  static override args = { vm: args.targets('VM') };
  static override flags = {
    ...targetTime,
    duration: span({
      description: 'Restore by itself after this time, and choose a date that lasts as long.',
      exclusive: ['auto-restore'],
    }),
    'auto-restore': span({
      description: 'Restore by itself after this time, should nobody have done it.',
    }),
    mode: Flags.option({
      description:
        'agent: in the running guest. rtc: by its hardware clock, with a cold start. auto: the first that can be.',
      options: ['agent', 'rtc', 'auto'] as const,
      default: 'agent',
    })(),
    timeout: kitFlags.timeout('Mode rtc: how long a VM gets to shut down by itself.', 180),
    force: Flags.boolean({
      description: 'Mode rtc: cut the power of a VM that does not shut down.',
    }),
    persist: Flags.boolean({ description: 'Make the shift outlive a reboot of the guest.' }),
    'snapshot-before': Flags.boolean({ description: 'Take a snapshot first, without memory.' }),
    reason: Flags.string({ description: 'Is written down with the shift.', helpValue: 'TEXT' }),
  };

  protected readonly targets = targetsOf(vm);
  #shifts: TimeShiftContext[] = [];

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const flags = this.flagsOf(TimeShift);
    const to = await readTarget(flags, flags.duration, {
      note: (text) => this.output.note(text),
      signal: this.session.signal,
    });
    const { planShift } = await import('../../lib/operations/time/shift.js');
    const restoreAfter = flags.duration ?? flags['auto-restore'];
    const autoRestore = restoreAfter === undefined ? undefined : await this.#howRestored();
    const [pve, context] = await Promise.all([this.pve(), this.#context()]);
    this.#shifts = guests.map(({ vmid, name, node }) => ({
      ...{ vmid, name, node, to: new Date(to).toISOString() },
      reason: flags.reason,
    }));
    for (const shift of this.#shifts) await askPlugins(this.config, 'validate-target', shift);
    const plans = await Promise.all(
      guests.map((guest) =>
        planShift(pve, guest, {
          state: this.session.paths.state,
          context,
          to,
          reason: flags.reason,
          restoreAfter,
          autoRestore,
          mode: flags.mode,
          shutdownSeconds: flags.timeout,
          force: flags.force,
          persist: flags.persist,
          snapshot: flags['snapshot-before'],
        }),
      ),
    );
    if (this.parsedFlags['dry-run'] !== true)
      for (const shift of this.#shifts) await askPlugins(this.config, 'pre-shift', shift);
    return plans;
  }

  protected override async afterwards(): Promise<void> {
    for (const shift of this.#shifts) await askPlugins(this.config, 'post-shift', shift);
  }

  async #howRestored(): Promise<AutoRestore> {
    if (this.parsedFlags['host'] !== undefined)
      throw new RequestError({
        code: 'PMX_NO_CONTEXT',
        message: 'What restores by itself finds the server by its context, and --host names none.',
        hints: [
          'Store it first: pmx login',
          'Or leave --duration and --auto-restore out, and restore by hand: pmx time restore VM',
        ],
      });
    const { chooseAutoRestore } = await import('../../lib/operations/time/auto-restore.js');
    return chooseAutoRestore();
  }

  async #context(): Promise<string | undefined> {
    return (this.parsedFlags['context'] as string | undefined) ?? this.session.contexts.current();
  }

  protected override view(result: ShiftResult): void {
    const { vmid, name, to, error, stopped, restoreAt, autoRestore } = result;
    this.output.print(
      error === null
        ? `VM ${vmid} (${name}): started with its hardware clock at ${to}.`
        : `VM ${vmid} (${name}): the clock shows ${to} (${error} ms off).`,
    );
    if (stopped.length > 0) this.output.print(`  stopped: ${stopped.join(', ')}`);
    this.output.print(
      restoreAt === null
        ? `  back: pmx time restore ${vmid}`
        : `  back by itself at ${restoreAt}${autoRestore === null ? '' : ` (${restorers[autoRestore]})`}, or: pmx time restore ${vmid}`,
    );
  }
}

const restorers: Record<NonNullable<ShiftResult['autoRestore']>, string> = {
  'systemd-timer': 'a timer of systemd',
  watcher: 'a process of this machine',
};
