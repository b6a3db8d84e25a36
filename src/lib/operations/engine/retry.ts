import { setTimeout as delay } from 'node:timers/promises';

import { InterruptedError } from '@pmx-cli/kit/errors';

/** @throws InterruptedError as soon as the signal aborts */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch {
    throw new InterruptedError();
  }
}

/** @throws InterruptedError when the signal has aborted */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new InterruptedError();
}
