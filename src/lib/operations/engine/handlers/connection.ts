import { isPmxError } from '@pmx-cli/kit/errors';

import type { StepContext } from './handler.js';

/** Seconds between tries: pveproxy takes some of them to come back after a restart. */
const pauses = [1, 2, 4, 8];

/**
 * Sends again while no connection came about, or the server could not pass the request on to its
 * node (595): nothing of it arrived anywhere, so this never does a thing twice.
 */
export async function untilConnected<T>(context: StepContext, send: () => Promise<T>): Promise<T> {
  for (const pause of pauses) {
    try {
      return await send();
    } catch (error) {
      if (!isNotSent(error)) throw error;
      context.report(`the server cannot be reached, trying again in ${pause} s`);
      await context.sleep(pause * 1000, context.signal);
    }
  }
  return send();
}

function isNotSent(error: unknown): boolean {
  if (!isPmxError(error)) return false;
  // A name that does not exist stays so, and silence has taken long enough.
  if (error.code === 'PMX_UNREACHABLE')
    return !['ENOTFOUND', 'ETIMEDOUT'].includes(String(error.data?.['reason']));
  return error.code === 'PMX_NODE_UNREACHABLE';
}
