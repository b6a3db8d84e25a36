import { InterruptedError } from '@pmx-cli/kit/errors';

/** A login is shared by all calls that wait for it, so none of them may end it. */
export async function unlessAborted<T>(
  promise: Promise<T> | undefined,
  signal?: AbortSignal,
): Promise<T | undefined> {
  if (!promise || !signal) return promise;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new InterruptedError());
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop!);
  }
}

export function anySignal(...signals: Array<AbortSignal | undefined>): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length < 2 ? given[0] : AbortSignal.any(given);
}
