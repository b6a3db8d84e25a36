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

/** A task that PVE has forgotten does not run any more. */
export async function isRunning(pve: PveClient, upid: string): Promise<boolean> {
  try {
    return (await pve.get<{ status: string }>(`${pathOf(upid)}/status`)).status === 'running';
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/** Ends a task if it still runs. @returns whether it did */
export async function stopTask(pve: PveClient, upid: string): Promise<boolean> {
  if (!(await isRunning(pve, upid))) return false;
  await pve.send('DELETE', pathOf(upid));
  return true;
}

function pathOf(upid: string): string {
  return `/nodes/${tryParseUpid(upid)?.node}/tasks/${encodeURIComponent(upid)}`;
}
