import type { Inventory, PveReader } from '@pmx-cli/kit';

import { parseUpid, type TaskListRow, type TaskStatus } from '../../api/index.js';

export type { TaskStatus };

export interface Task {
  upid: string;
  node: string;
  type: string;
  id: string;
  user: string;
  startedSeconds: number;
  tookSeconds?: number;
  /** `running`, `OK`, `WARNINGS: n`, or the error. */
  status: string;
}

export interface TaskFilter {
  node?: string;
  vmid?: number;
  errors: boolean;
  limit: number;
}

/**
 * Tasks of all nodes that answer, newest first. /cluster/tasks would be one request, but is empty for a
 * token, even for its own tasks (PVE 9.2).
 */
export async function listTasks(
  pve: PveReader,
  inventory: Inventory,
  filter: TaskFilter,
): Promise<Task[]> {
  const { node, vmid, errors, limit } = filter;
  const tasksOf = (each: string): Promise<TaskListRow[]> =>
    pve.get<TaskListRow[]>(`/nodes/${each}/tasks`, {
      limit,
      vmid,
      errors: errors || undefined,
      source: 'all',
    });
  const tasks =
    node === undefined
      ? await inventory.fromNodes(tasksOf)
      : await tasksOf((await inventory.node(node)).node);
  return tasks
    .sort((a, b) => b.starttime - a.starttime)
    .slice(0, limit)
    .map(({ starttime, endtime, status, ...row }) => ({
      upid: row.upid,
      node: row.node,
      type: row.type,
      id: row.id,
      user: row.user,
      startedSeconds: starttime,
      tookSeconds: endtime === undefined ? undefined : endtime - starttime,
      status: status ?? 'running',
    }));
}

/** @throws RequestError `PMX_INVALID_UPID` */
export function taskPath(upid: string): string {
  return `/nodes/${parseUpid(upid).node}/tasks/${encodeURIComponent(upid)}`;
}

export function readTask(pve: PveReader, upid: string): Promise<TaskStatus> {
  return pve.get<TaskStatus>(`${taskPath(upid)}/status`);
}
