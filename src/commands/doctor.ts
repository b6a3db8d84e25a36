import { styleText } from 'node:util';

import { Flags } from '@oclif/core';
import { type Column, type Plan, ShowCommand, watchInterval } from '@pmx-cli/kit';

import type { Check, Examination, Light } from '../lib/operations/doctor/index.js';

/** As they are told apart without colours. */
const columns: ReadonlyArray<Column<Check>> = [
  { header: 'status', value: ({ status }) => status },
  { header: 'area', value: ({ area }) => area },
  { header: 'check', value: ({ title }) => title },
  { header: 'finding', value: ({ detail }) => detail },
];

const lights: Readonly<
  Record<Light, readonly [sign: string, color: 'green' | 'yellow' | 'red' | 'dim']>
> = {
  ok: ['✔', 'green'],
  warning: ['▲', 'yellow'],
  error: ['✖', 'red'],
  skipped: ['–', 'dim'],
};

export default class Doctor extends ShowCommand<Examination> {
  static override summary = 'Look for what is wrong: tool, configuration, access, cluster, clocks.';
  static override description = `Looks at everything at the same time, changes nothing, and says of each finding what to do next. Plugins may add checks of
their own. From which use of processors, memory and disks on it warns is said by the settings cpuWarning, memoryWarning and
diskWarning.

Exit code 0: nothing is wrong, though there may be warnings. Otherwise that of the first error, for it is to be mended
first: 1 the configuration, 2 this machine, the network or a certificate, 3 what the server refuses or what has failed
there. So it can be run every day: <%= config.bin %> schedule add.`;
  static override hiddenAliases = ['health'];
  static override examples = [
    '<%= config.bin %> doctor',
    '<%= config.bin %> doctor --context lab --json',
    '<%= config.bin %> doctor --watch 1m',
  ];
  static override flags = {
    // Also of requests that nobody waits for any more, or the process would wait for them.
    'request-timeout': Flags.integer({
      description: 'Limit for each request, in seconds; a look has twice as long.',
      env: 'PMX_REQUEST_TIMEOUT',
      helpGroup: 'GLOBAL',
      helpValue: 'SECONDS',
      default: 10,
      min: 1,
      max: 600,
    }),
    watch: Flags.string({
      description:
        'Look again and again, the worst first, until Ctrl-C; --watch alone means every 2s.',
      helpValue: 'INTERVAL',
    }),
  };

  override async run(): Promise<Examination> {
    const interval = watchInterval(this.flagsOf(Doctor).watch, this.output.format);
    if (interval === undefined) return super.run();
    const { watched } = await import('../lib/commands/watched.js');
    const show = (): Promise<Examination> => this.#examine();
    return watched(this.session, { interval, columns, headers: true, show, linesOf: worstFirst });
  }

  protected override async planOnly(): Promise<Plan[]> {
    await this.#examine();
    return [];
  }

  protected override async show(): Promise<Examination> {
    const examination = await this.#examine();
    process.exitCode = examination.exitCode;
    return examination;
  }

  async #examine(): Promise<Examination> {
    const { 'request-timeout': seconds } = this.flagsOf(Doctor);
    const [{ examine }, { checksOfPlugins }] = await Promise.all([
      import('../lib/operations/doctor/index.js'),
      import('../lib/commands/doctor-hooks.js'),
    ]);
    return examine(this.session, {
      timeout: 2000 * seconds,
      plugins: () => checksOfPlugins(this.config, this.session),
    });
  }

  protected override view({ checks, status }: Examination): void {
    const width = Math.max(...checks.map(({ title }) => title.length));
    let area: string | undefined;
    for (const check of checks) {
      if (check.area !== area)
        this.output.print(`${area === undefined ? '' : '\n'}${heading(check)}`);
      area = check.area;
      this.output.print(
        `  ${this.#sign(check.status)} ${check.title.padEnd(width)}  ${check.detail}`,
      );
      if (check.hint !== undefined) this.output.print(`    ${' '.repeat(width)}  → ${check.hint}`);
    }
    const count = (wanted: Light): number =>
      checks.filter((check) => check.status === wanted).length;
    this.output.print('');
    this.output.print(
      status === 'ok'
        ? 'Nothing is wrong.'
        : `Errors: ${count('error')}, warnings: ${count('warning')}.`,
    );
  }

  #sign(light: Light): string {
    const [sign, color] = lights[light];
    return this.output.color ? styleText(color, sign, { validateStream: false }) : sign;
  }
}

const severity: readonly Light[] = ['error', 'warning', 'skipped', 'ok'];

function worstFirst({ checks }: Examination): Check[] {
  return checks.toSorted((a, b) => severity.indexOf(a.status) - severity.indexOf(b.status));
}

function heading({ area }: Check): string {
  return `${area[0]!.toUpperCase()}${area.slice(1)}`;
}
