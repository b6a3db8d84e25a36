import { type ExitCode, isPmxError, SurroundingsError } from '@pmx-cli/kit/errors';

export type Area =
  'tool' | 'configuration' | 'access' | 'cluster' | 'certificates' | 'time' | 'plugins';
export type Light = 'ok' | 'warning' | 'error' | 'skipped';

export interface Check {
  area: Area;
  /** What was looked at. */
  title: string;
  status: Light;
  /** What was found, in one sentence. */
  detail: string;
  /** What to type or do next. */
  hint?: string;
  /** Of an error: who has to act on it, as exit codes say. */
  exitCode?: ExitCode;
}

/** A certificate that ends sooner is a warning. */
export const certificateDays = 30;
/** Seconds: tickets and codes begin to fail, and what is written in logs no longer fits together. */
export const oddSkew = 30;

export type Look = () => Promise<Check | Check[]>;

export const ok = (area: Area, title: string, detail: string): Check => ({
  area,
  title,
  status: 'ok',
  detail,
});

export function warning(area: Area, title: string, detail: string, hint?: string): Check {
  return { area, title, status: 'warning', detail, ...(hint !== undefined && { hint }) };
}

export function failed(
  area: Area,
  title: string,
  exitCode: ExitCode,
  detail: string,
  hint?: string,
): Check {
  return { area, title, status: 'error', detail, exitCode, ...(hint !== undefined && { hint }) };
}

/** What a look could not find out, told like an error; a missing right is none of those. */
export function fromError(area: Area, title: string, thrown: unknown): Check {
  if (!isPmxError(thrown)) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    return failed(area, title, 2, detail, 'Run it again with --debug, and report what it prints.');
  }
  const { code, message, hints, exitCode } = thrown;
  if (code === 'PMX_PERMISSION_DENIED')
    return { area, title, status: 'skipped', detail: `Not visible with these rights: ${message}` };
  return failed(area, title, exitCode, message, hints[0] ?? `pmx explain ${code}`);
}

/** One look, which ends in time and never throws but for Ctrl-C. */
export async function bounded(
  area: Area,
  title: string,
  millis: number,
  signal: AbortSignal,
  look: Look,
): Promise<Check[]> {
  const timer = AbortSignal.timeout(millis);
  const late = new Promise<never>((_, reject) => {
    timer.addEventListener('abort', () => reject(noAnswer(millis)), { once: true });
  });
  try {
    return [await Promise.race([look(), late])].flat();
  } catch (error) {
    signal.throwIfAborted();
    return [fromError(area, title, error)];
  }
}

function noAnswer(millis: number): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_NO_ANSWER_IN_TIME',
    message: `No answer within ${millis / 1000} s.`,
    hints: [
      'Give it longer with --request-timeout, or see whether the server is overloaded: pmx top',
    ],
  });
}
