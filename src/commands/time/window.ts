import { Args, Flags } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import { span } from '../../lib/commands/time/flags.js';
import type { WindowReport } from '../../lib/operations/time/certificates.js';

export default class TimeWindow extends ShowCommand<WindowReport> {
  static override summary = 'Find the dates at which expired certificates are valid.';
  static override description = `The certificates are read without a login. The fewest shifts that open all hosts are shown, each as close to now
as it can be: inside the validity of the whole chain, a day away from its ends, and with time to work.

What another date does not mend (old TLS, weak keys, a host that does not answer) is said; with nothing else to
shift for, the exit code is 1.`;
  static override examples = [
    '<%= config.bin %> time window idrac-07.example.org',
    '<%= config.bin %> time window 10.0.0.7 10.0.0.8:8443 --for 1h',
  ];
  static override strict = false;
  static override args = {
    host: Args.string({
      description: 'HOST, HOST:PORT or [IPv6]:PORT; any number of them.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    for: span({
      description: 'How long the clock stays shifted; 8h when left out.',
    }),
    'host-timeout': Flags.integer({
      description: 'How long to wait for a host.',
      helpValue: 'SECONDS',
      default: 5,
      min: 1,
      max: 120,
    }),
  };

  protected override async show(): Promise<WindowReport> {
    const { for: stay, 'host-timeout': seconds } = this.flagsOf(TimeWindow);
    const { readWindows, refuseUseless } =
      await import('../../lib/operations/time/certificates.js');
    const report = await readWindows({
      hosts: this.positionals,
      now: Date.now(),
      timeout: seconds * 1000,
      ...(stay !== undefined && { stay }),
    });
    if (report.shifts.length === 0 && report.valid.length === 0) refuseUseless(report);
    return report;
  }

  protected override view(report: WindowReport): void {
    for (const { to, offsetDays, from, until, hosts, breaks } of report.shifts) {
      this.output.print(`${to} (${offsetDays} days): ${hosts.join(', ')}`);
      this.output.print(`  from ${from} to ${until}: pmx time shift VM --to ${to}`);
      if (breaks.length > 0) this.output.print(`  not valid then: ${breaks.join(', ')}`);
    }
    if (report.valid.length > 0) this.output.print(`Valid now: ${report.valid.join(', ')}`);
    for (const host of report.never) this.output.print(`${host}: no date opens it.`);
    for (const { host, reason } of [...report.blocked, ...report.failed])
      this.output.print(`${host}: a shift does not help: ${reason}`);
  }
}
