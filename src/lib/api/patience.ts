import { isPmxError } from '@pmx-cli/kit/errors';

import { type Answer, isProxyFailure } from './answer.js';
import { retryAfterOf } from './errors.js';

/** `Retry-After` beyond this is passed on to the user rather than slept through. */
const maxRetryAfter = 60_000;
/** Before the one more try at a port where nothing listens. */
const refusedDelay = 500;

/** Milliseconds until another try of a read may succeed; undefined when the answer is final. */
export function waitBefore(answer: Answer, backoff: number): number | undefined {
  if (answer.status !== 429 && !isProxyFailure(answer)) return undefined;
  const wanted = retryAfterOf(answer);
  if (wanted === undefined) return backoff;
  return wanted > maxRetryAfter ? undefined : Math.max(wanted, backoff);
}

/**
 * Milliseconds until another try may succeed after a broken connection; undefined when it stays so.
 * @param knownGood the server was connected to before, so it is worth waiting for
 */
export function waitAfter(
  error: unknown,
  backoff: number,
  attempt: number,
  knownGood: boolean,
): number | undefined {
  if (!isPmxError(error) || error.code !== 'PMX_UNREACHABLE') return undefined;
  const reason = error.data?.['reason'];
  // A name that does not exist stays so, and silence has taken long enough.
  if (reason === 'ENOTFOUND' || reason === 'ETIMEDOUT') return undefined;
  // Wrong host or port, most likely; once more, for a service that is just being restarted.
  if (reason === 'ECONNREFUSED' && !knownGood)
    return attempt > 1 ? undefined : Math.min(backoff, refusedDelay);
  return backoff;
}
