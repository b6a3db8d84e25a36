import { InterruptedError, SurroundingsError } from '@pmx-cli/kit/errors';

import { anySignal, unlessAborted } from './signals.js';

export interface LimitedCall {
  /** Milliseconds for the whole of it, all its tries together; no limit when left out. */
  overall: number | undefined;
  /** Of the user, and of whoever else may stop it. */
  signals: ReadonlyArray<AbortSignal | undefined>;
  /** For the message: `GET /version`. */
  what: string;
  method: string;
  path: string;
  server: () => { host: string; port: number };
}

/**
 * Does `job` within the limit, whatever it hangs on.
 * @throws SurroundingsError `PMX_TIMEOUT`, `PMX_ANSWER_LOST` when the time is up; InterruptedError
 */
export async function withinLimit<T>(
  call: LimitedCall,
  job: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  const { overall, signals } = call;
  const limit = overall === undefined ? undefined : AbortSignal.timeout(overall);
  try {
    return await job(anySignal(...signals, limit));
  } catch (error) {
    const stopped = signals.some((signal) => signal?.aborted === true);
    if (limit?.aborted && !stopped && error instanceof InterruptedError)
      throw tooLong(call, overall!, error);
    throw error;
  }
}

/** The same for a job that hears no signal: what is left of it goes on by itself. */
export function raceLimit<T>(call: LimitedCall, job: () => Promise<T>): Promise<T> {
  return withinLimit(call, (signal) => unlessAborted(job(), signal) as Promise<T>);
}

function tooLong(
  { what, method, path, server }: LimitedCall,
  overall: number,
  error: InterruptedError,
): SurroundingsError {
  const sent = error.data?.['mayHaveHappened'] === true;
  return new SurroundingsError({
    code: sent ? 'PMX_ANSWER_LOST' : 'PMX_TIMEOUT',
    message: `${what} took longer than ${overall / 1000} s.${sent ? ' It may have happened or not.' : ''}`,
    hints: sent
      ? ['Look at the tasks and the state before trying again: pmx task list']
      : ['Give it more time: --request-timeout'],
    data: { method, path, ...server() },
  });
}
