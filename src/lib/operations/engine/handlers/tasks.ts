import { isPmxError } from '@pmx-cli/kit/errors';

import type { PveClient } from '../../../api/index.js';

/** Waits until a task has ended, however it ended. A task that PVE has forgotten has ended, too. */
export async function endOfTask(pve: PveClient, upid: string, signal: AbortSignal): Promise<void> {
  try {
    await pve.waitForTask(upid, { signal });
  } catch (error) {
    if (!isPmxError(error) || error.exitCode !== 3) throw error;
  }
}
