import type { Column, Output } from '../host/index.js';
import type { Impact } from '../plan/index.js';
import type { Recording } from './recording.js';

/** Writes into a recording: same streams and silences as the real output, plainer looks. */
export class FakeOutput implements Output {
  readonly color = false;
  readonly json: boolean;
  readonly #debug: boolean;
  readonly #redact: (text: string) => string;
  readonly #recording: Recording;

  constructor(
    flags: { json: boolean; debug: boolean },
    redact: (text: string) => string,
    recording: Recording,
  ) {
    this.json = flags.json;
    this.#debug = flags.debug;
    this.#redact = redact;
    this.#recording = recording;
  }

  print(text: string): void {
    if (!this.json) this.#write('stdout', text);
  }

  note(text: string): void {
    if (!this.json) this.#write('stderr', text);
  }

  warn(text: string): void {
    this.#write('stderr', `Warning: ${text}`);
  }

  debug(text: string): void {
    if (this.#debug) this.#write('stderr', `[debug] ${text}`);
  }

  problem(text: string): void {
    this.#write('stderr', text);
  }

  /** Cells between tabs, headers as given. */
  table<T>(rows: readonly T[], columns: ReadonlyArray<Column<T>>): void {
    this.print(columns.map(({ header }) => header).join('\t'));
    for (const row of rows) {
      this.print(columns.map(({ value }) => String(value(row) ?? '-')).join('\t'));
    }
  }

  fields(entries: ReadonlyArray<readonly [string, string | number | undefined]>): void {
    for (const [label, value] of entries) {
      if (value !== undefined && value !== '') this.print(`${label}: ${value}`);
    }
  }

  document(value: unknown): void {
    const text = this.#redact(JSON.stringify(value ?? null, undefined, 2));
    this.#recording.documents.push(JSON.parse(text));
    this.#recording.stdout.push(text);
  }

  impact({ removes, keeps }: Impact): void {
    for (const { what, name } of removes) this.note(`goes: ${what} ${name}`);
    for (const { what, name } of keeps) this.note(`stays: ${what} ${name}`);
  }

  #write(stream: 'stdout' | 'stderr', text: string): void {
    this.#recording[stream].push(this.#redact(text));
  }
}
