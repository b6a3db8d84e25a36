import type { Column, Impact, ImpactItem, Output } from '@pmx-cli/kit';

import { redactedJson } from './redact.js';
import { styler } from './style.js';
import { renderTable } from './table.js';

export interface OutputOptions {
  json: boolean;
  debug: boolean;
  color: boolean;
  redact(text: string): string;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
}

/** stdout holds the result, stderr everything that is for the person. */
export class TerminalOutput implements Output {
  readonly json: boolean;
  readonly color: boolean;
  readonly #options: OutputOptions;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.json = options.json;
    this.color = options.color;
  }

  print(text: string): void {
    if (!this.json) this.#write('stdout', text);
  }

  note(text: string): void {
    if (!this.json) this.#write('stderr', text);
  }

  warn(text: string): void {
    this.#write('stderr', `${styler(this.color).yellow('Warning:')} ${text}`);
  }

  debug(text: string): void {
    if (this.#options.debug) this.#write('stderr', styler(this.color).dim(`[debug] ${text}`));
  }

  problem(text: string): void {
    this.#write('stderr', text.replace(/^Error:/, styler(this.color).red('Error:')));
  }

  document(value: unknown): void {
    this.#options.stdout.write(`${redactedJson(value, this.#options.redact)}\n`);
  }

  table<T>(rows: readonly T[], columns: ReadonlyArray<Column<T>>): void {
    if (!this.json) this.#write('stdout', renderTable(rows, columns, this.color));
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
    this.#options[stream].write(`${this.#options.redact(text)}\n`);
  }
}

function impactText({ what, name, detail }: ImpactItem): string {
  return `${what} ${name}${detail === undefined ? '' : ` (${detail})`}`;
}
