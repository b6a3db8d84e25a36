import {
  type ErrorDocument,
  type Impact,
  type ImpactItem,
  isMachineFormat,
  type ListShape,
  type Output,
  type OutputFormat,
} from '@pmx-cli/kit';

import { closingOf } from './closing.js';
import { redacted, redactedJson } from './redact.js';
import { canRedraw, styler } from './style.js';
import { renderTable } from './table.js';

/** Formats in which an error is a document, too; the others have no place for one. */
const errorFormats = new Set(['json', 'jsonl', 'yaml']);

/** What settings may change once they are read. */
export interface OutputLooks {
  format: OutputFormat;
  color: boolean;
  /** The setting; PMX_PAGER wins over it. */
  pager?: string | undefined;
}

export interface OutputOptions extends OutputLooks {
  /** `isResult`: it goes to stdout as what was asked for. */
  redact(text: string, isResult?: boolean): string;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  /** Around the time that a pager has the terminal. */
  whilePaging?(show: () => Promise<boolean>): Promise<boolean>;
  /** That of the process when left out. */
  env?: NodeJS.ProcessEnv;
}

/** stdout holds the result, stderr everything that is for the person. */
export class TerminalOutput implements Output {
  readonly #options: OutputOptions;
  readonly #env: NodeJS.ProcessEnv;
  #looks: OutputLooks;
  /** The line that is drawn again below whatever is written. */
  #status: string | undefined;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.#env = options.env ?? process.env;
    this.#looks = options;
  }

  set looks(looks: OutputLooks) {
    this.#looks = looks;
  }

  get format(): OutputFormat {
    return this.#looks.format;
  }

  get machine(): boolean {
    return isMachineFormat(this.#looks.format);
  }

  get color(): boolean {
    return this.#looks.color;
  }

  get live(): boolean {
    const { stdout, stderr } = this.#options;
    return !this.machine && canRedraw(stdout, this.#env) && canRedraw(stderr, this.#env);
  }

  get closed(): AbortSignal {
    return closingOf(this.#options.stdout);
  }

  status(text: string | undefined): void {
    const { stderr, redact } = this.#options;
    if (this.machine || !canRedraw(stderr, this.#env)) return;
    this.#wipe();
    this.#status =
      text === undefined ? undefined : redact(text).slice(0, (stderr.columns || 80) - 1);
    this.#redrawStatus();
  }

  print(text: string): void {
    if (!this.machine) this.#write('stdout', text);
  }

  note(text: string): void {
    if (!this.machine) this.#write('stderr', text);
  }

  raw(bytes: Uint8Array, stream: 'stdout' | 'stderr' = 'stdout'): void {
    if (!this.machine && bytes.length > 0) this.#options[stream].write(bytes);
  }

  warn(text: string): void {
    this.#write('stderr', `${styler(this.color).yellow('Warning:')} ${text}`);
  }

  /** A line of the log, redacted already. */
  logLine(line: string): void {
    this.#wipe();
    this.#options.stderr.write(`${styler(this.color).dim(line)}\n`);
    this.#redrawStatus();
  }

  problem(text: string): void {
    this.#write('stderr', text.replace(/^Error:/, styler(this.color).red('Error:')));
  }

  async document(value: unknown, shape?: ListShape): Promise<void> {
    const hide = (part: string): string => this.#options.redact(part, true);
    if (this.format.type === 'json') {
      this.#options.stdout.write(`${redactedJson(value, hide)}\n`);
      return;
    }
    const { render } = await import('./formats/index.js');
    const text = await render(redacted(value, hide), this.format, shape);
    if (text !== undefined) this.#options.stdout.write(`${text}\n`);
  }

  async failure(error: ErrorDocument, text: string): Promise<void> {
    if (errorFormats.has(this.format.type)) await this.document(error);
    else this.problem(text);
  }

  async table<T>(rows: readonly T[], shape: ListShape<T>): Promise<void> {
    if (this.machine) return;
    const text = this.#options.redact(this.#drawn(rows, shape));
    const { page, pagerFor } = await import('./pager.js');
    const pager = pagerFor(text, this.#options.stdout, this.#looks.pager);
    const { whilePaging = (show) => show() } = this.#options;
    const shown = pager !== undefined && (await whilePaging(() => page(`${text}\n`, pager)));
    if (!shown) this.#write('stdout', text);
  }

  redraw<T>(rows: readonly T[], shape: ListShape<T>, title: string): void {
    const text = this.#drawn(rows, shape);
    const { stdout } = this.#options;
    if (!canRedraw(stdout, this.#env)) return this.print(`${text}\n`);
    const lines = [styler(this.color).dim(title), '', ...text.split('\n')].slice(
      0,
      stdout.rows - 1,
    );
    // Home, each line with its old rest erased, then what is left below: without a flicker.
    stdout.write(
      `\u001b[H${this.#options.redact(lines.map((line) => `${line}\u001b[K`).join('\n'))}\n\u001b[J`,
    );
  }

  #drawn<T>(rows: readonly T[], { columns, headers }: ListShape<T>): string {
    const { columns: width, isTTY } = this.#options.stdout as NodeJS.WriteStream;
    return renderTable(rows, columns, {
      color: this.color,
      headers,
      ...(isTTY === true && { width }),
    });
  }

  fields(entries: ReadonlyArray<readonly [string, string | number | undefined]>): void {
    const shown = entries.filter(([, value]) => value !== undefined && value !== '');
    const width = Math.max(...shown.map(([label]) => label.length)) + 1;
    for (const [label, value] of shown) {
      const [first, ...rest] = String(value).split('\n');
      this.print(`${styler(this.color).bold(`${label}:`.padEnd(width))}  ${first}`);
      for (const line of rest) this.print(`${' '.repeat(width)}  ${line}`);
    }
  }

  impact({ removes, keeps }: Impact): void {
    const { bold, red } = styler(this.color);
    if (removes.length > 0) this.note(red(bold('Goes:')));
    for (const item of removes) this.note(`  - ${impactText(item)}`);
    if (keeps.length > 0) this.note(bold('Stays:'));
    for (const item of keeps) this.note(`  = ${impactText(item)}`);
  }

  #write(stream: 'stdout' | 'stderr', text: string): void {
    this.#wipe();
    this.#options[stream].write(`${this.#options.redact(text, stream === 'stdout')}\n`);
    this.#redrawStatus();
  }

  #wipe(): void {
    if (this.#status !== undefined) this.#options.stderr.write('\r\u001b[K');
  }

  #redrawStatus(): void {
    if (this.#status !== undefined) this.#options.stderr.write(this.#status);
  }
}

function impactText({ what, name, detail }: ImpactItem): string {
  return `${what} ${name}${detail === undefined ? '' : ` (${detail})`}`;
}
