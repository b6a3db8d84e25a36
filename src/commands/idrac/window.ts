import { Args, Flags } from '@oclif/core';
import { RequestError, ShowCommand } from '@pmx-cli/kit';

import { type HostFlags, hostFlags, namedHosts } from '../../lib/commands/bmc/host-flags.js';
import { span } from '../../lib/commands/time/flags.js';
import type { WindowReport } from '../../lib/operations/idrac/look.js';

export default class IdracWindow extends ShowCommand<WindowReport> {
  static override summary = 'Find the fewest dates at which the certificates of hosts are valid.';
  static override description = `Says which hosts no date opens: those with old TLS or weak keys need an old client or new firmware instead.
With --date exactly one date is printed, for scripts; when there is none that opens all, that is an error.`;
  static override examples = [
    '<%= config.bin %> idrac window idrac-01.example.org 10.0.8.5',
    '<%= config.bin %> idrac window -f idracs.csv --for 2h',
  ];
  static override strict = false;
  static override args = {
    host: Args.string({
      description: 'HOST, HOST:PORT, network or - for standard input; any number.',
      ignoreStdin: true,
    }),
  };
  static override flags = {
    ...hostFlags,
    for: span({ description: 'How long the clock stays shifted; 8h when left out.' }),
    date: Flags.boolean({ description: 'Print the one date only.' }),
  };

  protected override async show(): Promise<WindowReport> {
    const flags = this.parsedFlags as unknown as HostFlags & { for?: number; date: boolean };
    const { targets } = await namedHosts(this.positionals, flags, this.session);
    const { readWindow } = await import('../../lib/operations/idrac/look.js');
    const report = await readWindow({ targets, signal: this.session.signal }, flags.for);
    const { shifts, blocked, never } = report;
    const useless =
      blocked.length + never.length > 0 &&
      (flags.date || shifts.length + report.valid.length === 0);
    if (useless || (flags.date && shifts.length !== 1)) throw noDate(report);
    return report;
  }

  protected override view({ shifts, valid, never, blocked }: WindowReport): void {
    if (this.flagsOf(IdracWindow).date) {
      this.output.print(shifts[0]!.to);
      return;
    }
    for (const { to, offsetDays, from, until, hosts, breaks } of shifts) {
      this.output.print(`${to} (${offsetDays} days): ${hosts.join(', ')}`);
      this.output.print(`  from ${from} to ${until}: pmx time shift VM --to ${to}`);
      if (breaks.length > 0) this.output.print(`  not valid then: ${breaks.join(', ')}`);
    }
    if (valid.length > 0) this.output.print(`Valid now: ${valid.join(', ')}`);
    for (const host of never) this.output.print(`${host}: no date opens it.`);
    for (const { host, reason } of blocked)
      this.output.print(`${host}: a shift does not help: ${reason}.`);
  }
}

function noDate({ shifts, never, blocked, valid }: WindowReport): RequestError {
  const reasons = [
    ...blocked.map(({ host, reason }) => `${host}: ${reason}`),
    ...never.map((host) => `${host}: no date opens it for long enough`),
    ...(shifts.length > 1 ? [`${shifts.length} different dates are needed`] : []),
    ...(shifts.length === 0 && valid.length > 0 ? [`valid now: ${valid.join(', ')}`] : []),
  ];
  return new RequestError({
    code: 'PMX_SHIFT_USELESS',
    message: `There is no one date to shift to. ${reasons.join('; ')}.`,
    hints: ['See what is wrong with each: pmx idrac check HOST'],
    data: { shifts, never, blocked, valid },
  });
}
