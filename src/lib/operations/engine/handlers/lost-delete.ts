import { isNotFound, readTaskRow } from '../../../api/index.js';
import type { StepContext } from './handler.js';
import { endOfTask } from './tasks.js';

const guestPath = /^\/nodes\/([^/]+)\/(?:qemu|lxc)\/(\d+)(\/.*)?$/;

/**
 * Whether what a DELETE without an answer was to remove is gone.
 * @returns undefined when that cannot be seen: lists leave out what one may not look at
 */
export async function isGone(path: string, context: StepContext): Promise<boolean | undefined> {
  const pve = await context.pve();
  const [, node, vmid, rest] = guestPath.exec(path) ?? [];
  if (node !== undefined) await endOfGuestTasks(node, Number(vmid), context);
  try {
    if (node !== undefined && rest === undefined) {
      await pve.get(`${path}/config`);
      return false;
    }
    const at = path.lastIndexOf('/');
    const rows = await pve.get<unknown>(path.slice(0, at));
    if (!Array.isArray(rows)) return undefined;
    if (rows.length === 0) return await isUnknown(path, context);
    const id = decodeURIComponent(path.slice(at + 1));
    return !rows.some((row) =>
      Object.values(Object(row) as object)
        .map(String)
        .includes(id),
    );
  } catch (error) {
    if (isNotFound(error)) return true;
    throw error;
  }
}

/** An empty list may only hide it; what is not there when asked for by name is gone. */
async function isUnknown(path: string, context: StepContext): Promise<true | undefined> {
  try {
    await (await context.pve()).get(path);
  } catch (error) {
    if (isNotFound(error)) return true;
  }
  return undefined;
}

/** What was begun in vain or not is seen only behind the tasks that still work on the guest. */
export async function endOfGuestTasks(
  node: string,
  vmid: number,
  context: StepContext,
): Promise<void> {
  const pve = await context.pve();
  const rows = await pve.get<Array<Record<string, unknown>>>(`/nodes/${node}/tasks`, {
    source: 'active',
    vmid,
  });
  for (const row of rows) {
    const task = readTaskRow(row);
    if (task?.user === pve.user) await endOfTask(pve, task.upid, context.signal);
  }
}
