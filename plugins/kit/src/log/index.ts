import { RequestError } from '../errors/index.js';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * What pmx does, for whoever looks for a mistake; on stderr and in `--log-file`, secrets hidden.
 * Results and words for people go through `Output` instead.
 */
export interface Logger {
  log(level: LogLevel, message: string, fields?: LogFields): void;
  trace(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LogSettings {
  /** Of what goes to stderr; undefined for nothing. */
  level?: LogLevel;
  file?: string;
  /** As text when left out. */
  format?: 'text' | 'json';
}

/** What the global flags say, nothing where they do not: `--log-level` before `--debug` before `--verbose`. */
export function logSettings(flags: Readonly<Record<string, unknown>>): LogSettings {
  const format = flags['log-format'];
  const level = flags['log-level'] ?? (flags['debug'] ? 'debug' : flags['verbose'] && 'info');
  const file = flags['log-file'];
  if (level !== undefined && level !== false && !logLevels.includes(level as LogLevel)) {
    throw new RequestError({
      code: 'PMX_LOG_LEVEL',
      message: `'${String(level)}' is no log level.`,
      hints: [`There are: ${logLevels.join(', ')}.`],
    });
  }
  return {
    ...((format === 'json' || format === 'text') && { format }),
    ...(typeof level === 'string' && { level: level as LogLevel }),
    ...(typeof file === 'string' && file !== '' && { file }),
  };
}
