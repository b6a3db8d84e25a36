import type { ErrorDocument } from '../errors/index.js';
import { isMachineFormat, type OutputFormat } from '../format/index.js';
import type { ListShape, Output } from '../host/index.js';
import type { Impact } from '../plan/index.js';
import type { Recording } from './recording.js';

/** Writes into a recording: same streams and silences as the real output, plainer looks. */
export class FakeOutput implements Output {
  readonly color = false;
  readonly live = false;
  readonly closed: AbortSignal = new AbortController().signal;
  readonly format: OutputFormat;
  readonly machine: boolean;
  readonly #redact: (text: string) => string;
  readonly #recording: Recording;

  constructor(format: OutputFormat, redact: (text: string) => string, recording: Recording) {
    this.format = format;
    this.machine = isMachineFormat(format);
    this.#redact = redact;
    this.#recording = recording;
  }

  /** Nobody watches. */
  status(): void {}

  print(text: string): void {
    if (!this.machine) this.#write('stdout', text);
  }

  note(text: string): void {
    if (!this.machine) this.#write('stderr', text);
  }

  raw(bytes: Uint8Array, stream: 'stdout' | 'stderr' = 'stdout'): void {
    if (!this.machine && bytes.length > 0) this.#write(stream, Buffer.from(bytes).toString());
  }

  warn(text: string): void {
    this.#write('stderr', `Warning: ${text}`);
  }

  problem(text: string): void {
    this.#write('stderr', text);
  }

  /** Cells between tabs, headers as given. */
  async table<T>(rows: readonly T[], { columns, headers }: ListShape<T>): Promise<void> {
    if (headers) this.print(columns.map(({ header }) => header).join('\t'));
    for (const row of rows) {
      this.print(columns.map(({ value }) => String(value(row) ?? '-')).join('\t'));
    }
  }

  redraw<T>(rows: readonly T[], shape: ListShape<T>): void {
    void this.table(rows, shape);
  }

  fields(entries: ReadonlyArray<readonly [string, string | number | undefined]>): void {
    for (const [label, value] of entries) {
      if (value !== undefined && value !== '') this.print(`${label}: ${value}`);
    }
  }

  /** Every machine format is JSON here, but for names. */
  async document(value: unknown, shape?: ListShape): Promise<void> {
    if (this.format.type === 'name' && shape && Array.isArray(value)) {
      for (const row of value) this.#write('stdout', shape.reference(row));
      return;
    }
    const text = this.#redact(JSON.stringify(value ?? null, undefined, 2));
    this.#recording.documents.push(JSON.parse(text));
    this.#recording.stdout.push(text);
  }

  async failure(error: ErrorDocument, text: string): Promise<void> {
    if (['json', 'jsonl', 'yaml'].includes(this.format.type)) await this.document(error);
    else this.problem(text);
  }

  impact({ removes, keeps }: Impact): void {
    for (const { what, name } of removes) this.note(`goes: ${what} ${name}`);
    for (const { what, name } of keeps) this.note(`stays: ${what} ${name}`);
  }

  #write(stream: 'stdout' | 'stderr', text: string): void {
    this.#recording[stream].push(this.#redact(text));
  }
}
