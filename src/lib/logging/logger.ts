import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

import {
  type LogFields,
  type Logger,
  type LogLevel,
  logLevels,
  type LogSettings,
} from '@pmx-cli/kit';
import { SurroundingsError } from '@pmx-cli/kit/errors';

export interface LoggerOptions extends LogSettings {
  /** Tells the lines of one run of pmx from those of others. */
  requestId: string;
  redact(text: string): string;
  /** Where lines go beside the file. */
  stderr(line: string): void;
  now?(): Date;
}

const order = (level: LogLevel): number => logLevels.indexOf(level);

/** Lines on stderr from the level on that was asked for, and from debug on in a file. */
export class LineLogger implements Logger {
  readonly #options: LoggerOptions;
  #settings: LogSettings;
  #onStderr = Infinity;
  #inFile = Infinity;
  #fileMade = false;
  /** Something was written into the file. */
  #begun = false;
  #lost = false;

  constructor(options: LoggerOptions) {
    this.#options = options;
    this.#settings = this.settings = options;
  }

  set settings(settings: LogSettings) {
    this.#settings = settings;
    this.#onStderr = settings.level === undefined ? Infinity : order(settings.level);
    const fileLevel = Math.min(order('debug'), this.#onStderr);
    this.#inFile = settings.file === undefined ? Infinity : fileLevel;
  }

  /** Whether lines may come between what is drawn on stderr. */
  get onStderr(): boolean {
    return this.#onStderr < Infinity;
  }

  log(level: LogLevel, message: string, fields: LogFields = {}): void {
    const rank = order(level);
    if (rank < this.#onStderr && rank < this.#inFile) return;
    const line = this.#line(level, message, fields);
    if (rank >= this.#onStderr) this.#options.stderr(line);
    if (rank >= this.#inFile) this.#write(line);
  }

  trace(message: string, fields?: LogFields): void {
    this.log('trace', message, fields);
  }

  debug(message: string, fields?: LogFields): void {
    this.log('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.log('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.log('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.log('error', message, fields);
  }

  #line(level: LogLevel, message: string, fields: LogFields): string {
    const { redact, requestId, now = () => new Date() } = this.#options;
    const time = now().toISOString();
    const known = Object.entries(fields).filter(([, value]) => value !== undefined);
    if (this.#settings.format === 'json') {
      const safe = (value: unknown): unknown => (typeof value === 'string' ? redact(value) : value);
      return JSON.stringify({
        time,
        level,
        request: requestId,
        message: redact(message),
        ...Object.fromEntries(known.map(([name, value]) => [name, safe(value)])),
      });
    }
    const rest = known.map(([name, value]) => ` ${name}=${quoted(String(value))}`).join('');
    const text = redact(`${message}${rest}`).replaceAll('\n', String.raw`\n`);
    return `${time} ${level.toUpperCase().padEnd(5)} [${requestId}] ${text}`;
  }

  /** @throws SurroundingsError `PMX_LOG_FILE` of the first line; later on an operation is under way */
  #write(line: string): void {
    const path = this.#settings.file!;
    try {
      if (!this.#fileMade) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      this.#fileMade = true;
      // Synchronous: the line that explains a crash has to be there after it.
      appendFileSync(path, `${line}\n`, { mode: 0o600 });
      this.#begun = true;
    } catch (error) {
      const message = `The log file ${path} cannot be written (${(error as NodeJS.ErrnoException).code}).`;
      if (!this.#begun)
        throw new SurroundingsError({
          code: 'PMX_LOG_FILE',
          message,
          hints: ['Choose another with --log-file, or leave it out.'],
          cause: error,
        });
      if (!this.#lost) this.#options.stderr(`Warning: ${message} Lines are missing in it.`);
      this.#lost = true;
    }
  }
}

function quoted(text: string): string {
  return /^[\w./:@!+-]+$/.test(text) ? text : JSON.stringify(text);
}
