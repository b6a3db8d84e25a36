import { isLockTimeout } from '../../../api/index.js';
import type { StepContext } from './handler.js';

/** Seconds between tries while somebody else holds a lock; PVE itself waits 10 s before it gives up. */
const pauses = [1, 2, 4, 8, 15, 30];

/**
 * Runs `attempt` again while PVE says that a lock is held: a backup, a clone or a neighbour's
 * command. The lock texts mean "not begun", so trying again never does a thing twice.
 */
export async function whileLocked<T>(context: StepContext, attempt: () => Promise<T>): Promise<T> {
  for (const pause of pauses) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      context.report(`locked by another task, trying again in ${pause} s`);
      await context.sleep(pause * 1000, context.signal);
    }
  }
  return attempt();
}
