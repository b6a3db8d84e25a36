import { setTimeout as wait } from 'node:timers/promises';

import { InterruptedError } from '@pmx-cli/kit/errors';

/** @throws InterruptedError as soon as the signal aborts */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(milliseconds, undefined, signal && { signal });
  } catch (error) {
    if (signal?.aborted) throw new InterruptedError();
    throw error;
  }
}
