import { Args, Flags } from '@oclif/core';
import { ExitCode, InterruptedError, parseDuration, type Plan, ShowCommand } from '@pmx-cli/kit';

import { setV8Flags } from '../../../launch/v8-flags.js';
import type { CheckReport, HostReport } from '../../operations/idrac/check.js';
import type { FailOn } from '../../operations/idrac/verdict.js';
import { type HostFlags, hostFlags, namedHosts } from './host-flags.js';
import { hostLine, hostHeading, hostDetails } from './host-lines.js';

interface CheckFlags extends HostFlags {
  warn: string;
  crit: string;
  'fail-on': FailOn;
  parallel: number;
  deadline?: string | undefined;
  deep: boolean;
  nagios: boolean;
  prometheus: boolean;
  report?: string | undefined;
}

const manyHosts = 200;
/** More lines than this, and nobody reads them on a terminal. */
const mostDetails = 25;

/** `pmx idrac check` and `pmx net check`: one engine, the rules differ. */
export abstract class CheckCommand extends ShowCommand<CheckReport> {
  static override strict = false;
  static override args = {
    host: Args.string({
      description: 'HOST, HOST:PORT, network (10.0.8.0/24) or - for standard input; any number.',
      ignoreStdin: true,
    }),
  };
  static override flags = {
    ...hostFlags,
    warn: Flags.string({
      description: 'Warn when a certificate ends within this time.',
      default: '30d',
      helpValue: 'TIME',
    }),
    crit: Flags.string({
      description: 'Critical when a certificate ends within this time.',
      default: '14d',
      helpValue: 'TIME',
    }),
    'fail-on': Flags.option({
      description: 'End with exit code 3 when a host is as bad as that, or could not be looked at.',
      options: ['critical', 'warning', 'never'] as const,
      default: 'critical' as const,
    })(),
    parallel: Flags.integer({
      description: 'Hosts that are looked at at the same time, each with one connection.',
      default: 64,
      min: 1,
      max: 1024,
    }),
    deadline: Flags.string({
      description: 'Stop after this time, with what is known by then.',
      helpValue: 'TIME',
    }),
    deep: Flags.boolean({
      description: 'Find every TLS version that is spoken: one more connection for each.',
    }),
    nagios: Flags.boolean({
      description:
        'One line with performance data, and exit codes 0 to 3 as monitoring plugins have.',
      exclusive: ['prometheus', 'fail-on'],
    }),
    prometheus: Flags.boolean({ description: 'Metrics for a textfile collector.' }),
    report: Flags.string({
      description: 'Write a report into this file, .md or .csv.',
      helpValue: 'FILE',
    }),
  };

  /** Are the hosts management controllers? */
  protected abstract readonly bmc: boolean;
  #shown = false;
  /** Lines of -o jsonl, one behind the other. */
  #lines = Promise.resolve();

  protected override async planOnly(): Promise<Plan[]> {
    return [];
  }

  protected override async show(): Promise<CheckReport> {
    const flags = this.parsedFlags as unknown as CheckFlags;
    const { check } = await import('../../operations/idrac/check.js');
    const { readPins } = await import('../../operations/idrac/pins.js');
    const { checkReportFile, writeReport } = await import('../../operations/idrac/report-file.js');
    const { thresholdsFrom } = await import('../../operations/idrac/thresholds.js');
    const thresholds = thresholdsFrom(flags.warn, flags.crit);
    const deadline = flags.deadline === undefined ? undefined : parseDuration(flags.deadline);
    if (flags.report !== undefined) await checkReportFile(flags.report);
    const { targets } = await namedHosts(this.positionals, flags, this.session);
    // What is left of a host that was looked at is little; V8 would let the rest pile up (bench/FIGURES.md).
    if (targets.length > manyHosts)
      setV8Flags('--heap-growing-percent=10', '--semi-space-growth-factor=1');
    const onHost = this.#teller(targets.length, flags);
    const { signal } = this.session;
    const report = await check({
      targets,
      thresholds,
      parallel: flags.parallel,
      bmc: this.bmc,
      deep: flags.deep,
      pins: await readPins(this.session.paths),
      signal:
        deadline === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(deadline)]),
      onHost,
    });
    this.output.status(undefined);
    await this.#lines;
    if (flags.report !== undefined) {
      await writeReport(flags.report, report);
      this.output.note(`The report is in ${flags.report}.`);
    }
    await this.#end(report, flags);
    // Its hosts are told already.
    return this.#streams ? { ...report, hosts: [] } : report;
  }

  async #end(report: CheckReport, flags: CheckFlags): Promise<void> {
    const { exitCodeOf, nagiosCode } = await import('../../operations/idrac/verdict.js');
    process.exitCode = flags.nagios ? nagiosCode(report) : exitCodeOf(report, flags['fail-on']);
    if (!this.session.signal.aborted) return;
    process.exitCode = ExitCode.interrupted;
    this.output.warn(new InterruptedError().message);
  }

  get #streams(): boolean {
    return this.output.format.type === 'jsonl';
  }

  /** A line for each host as it comes, where people read and for -o jsonl. */
  #teller(total: number, { nagios, prometheus }: CheckFlags): (host: HostReport) => void {
    const lines = !nagios && !prometheus && !this.output.machine;
    let count = 0;
    if (lines) this.output.print(hostHeading);
    this.#shown = lines;
    return (host) => {
      count += 1;
      if (lines) this.output.print(hostLine(host));
      if (this.#streams) this.#lines = this.#lines.then(() => this.output.document(host));
      this.output.status(count < total ? `${count} of ${total} hosts` : undefined);
    };
  }

  protected override async view(report: CheckReport): Promise<void> {
    const { nagios } = this.parsedFlags as unknown as CheckFlags;
    if (!this.#shown) {
      const { nagiosLine, prometheusText } = await import('../../operations/idrac/formats.js');
      this.output.print(nagios ? nagiosLine(report) : prometheusText(report).trimEnd());
      return;
    }
    const { summary, hosts, window } = report;
    const bad = hosts.filter(({ findings }) => findings.length > 0);
    for (const line of bad.slice(0, mostDetails).flatMap(hostDetails)) this.output.print(line);
    if (bad.length > mostDetails)
      this.output.note(
        `${bad.length - mostDetails} more hosts with findings: --report or --json has them all.`,
      );
    for (const { to, hosts: opened } of window.groups)
      this.output.print(`\nA clock at ${to} opens ${opened.join(', ')}.`);
    this.output.print(
      `\n${summary.total} hosts: ${summary.critical} critical, ${summary.warning} warning, ${summary.unknown} unknown, ${summary.ok} ok.`,
    );
  }
}
