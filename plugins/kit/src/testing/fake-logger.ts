import {
  type LogFields,
  type Logger,
  type LogLevel,
  logLevels,
  type LogSettings,
} from '../log/index.js';

/** `[debug] text` on stderr, from the level on that was asked for. */
export class FakeLogger implements Logger {
  readonly #settings: LogSettings;
  readonly #write: (line: string) => void;

  constructor(settings: LogSettings, write: (line: string) => void) {
    this.#settings = settings;
    this.#write = write;
  }

  log(level: LogLevel, message: string, _fields?: LogFields): void {
    const { level: from } = this.#settings;
    if (from === undefined || logLevels.indexOf(level) < logLevels.indexOf(from)) return;
    this.#write(`[${level}] ${message}`);
  }

  trace(message: string): void {
    this.log('trace', message);
  }

  debug(message: string): void {
    this.log('debug', message);
  }

  info(message: string): void {
    this.log('info', message);
  }

  warn(message: string): void {
    this.log('warn', message);
  }

  error(message: string): void {
    this.log('error', message);
  }
}
