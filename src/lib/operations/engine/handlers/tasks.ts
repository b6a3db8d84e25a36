import { isPmxError } from '@pmx-cli/kit/errors';

import { isNotFound, type PveClient, tryParseUpid } from '../../../api/index.js';

/** Waits until a task has ended, however it ended. A task that PVE has forgotten has ended, too. */
export async function endOfTask(pve: PveClient, upid: string, signal: AbortSignal): Promise<void> {
  try {
    await pve.waitForTask(upid, { signal });
  } catch (error) {
    if (!isPmxError(error) || error.exitCode !== 3) throw error;
  }
}

/** Ends a task if it still runs. @returns whether it did */
export async function stopTask(pve: PveClient, upid: string): Promise<boolean> {
  const task = `/nodes/${tryParseUpid(upid)?.node}/tasks/${encodeURIComponent(upid)}`;
  try {
    const { status } = await pve.get<{ status: string }>(`${task}/status`);
    if (status !== 'running') return false;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
  await pve.send('DELETE', task);
  return true;
}
