import { Args, Flags } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import type { WindowReport } from '../../operations/idrac/window.js';
import { span } from '../time/flags.js';
import { type HostFlags, hostFlags, namedHosts } from './host-flags.js';

export const windowArgs = {
  host: Args.string({
    description: 'HOST, HOST:PORT, network or - for standard input; any number.',
    ignoreStdin: true,
  }),
};

export const windowFlags = {
  ...hostFlags,
  for: span({ description: 'How long the clock stays shifted; 8h when left out.' }),
  date: Flags.boolean({ description: 'Print the one date only.' }),
  'host-timeout': Flags.integer({
    description: 'How long to wait for a host.',
    helpValue: 'SECONDS',
    default: 20,
    min: 1,
    max: 120,
  }),
};

interface WindowFlags extends HostFlags {
  for?: number;
  date: boolean;
  'host-timeout': number;
}

/** `time window` and `idrac window`: whoever looks for one finds the other. */
export abstract class WindowCommand extends ShowCommand<WindowReport> {
  protected override async show(): Promise<WindowReport> {
    const flags = this.parsedFlags as unknown as WindowFlags;
    const { targets } = await namedHosts(this.positionals, flags, this.session);
    const { dateForAll, readWindow, refuseUseless } =
      await import('../../operations/idrac/window.js');
    const report = await readWindow({
      targets,
      signal: this.session.signal,
      times: { hostMillis: flags['host-timeout'] * 1000 },
      stay: flags.for,
    });
    if (flags.date) dateForAll(report);
    else if (report.shifts.length + report.valid.length === 0) refuseUseless(report);
    return report;
  }

  protected override view({ shifts, valid, never, blocked }: WindowReport): void {
    if ((this.parsedFlags as unknown as WindowFlags).date) {
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
      this.output.print(`${host}: a shift does not help: ${reason.replace(/\.$/, '')}.`);
  }
}
