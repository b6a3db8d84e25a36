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
 * Tasks of all online nodes, newest first. /cluster/tasks would be one request, but is empty for a
 * token, even for its own tasks (PVE 9.2).
 */
export async function listTasks(
  pve: PveReader,
  inventory: Inventory,
  filter: TaskFilter,
): Promise<Task[]> {
  const { node, vmid, errors, limit } = filter;
  const nodes =
    node === undefined
      ? (await inventory.nodes()).filter((known) => known.status === 'online')
      : [await inventory.node(node)];
  const lists = await Promise.all(
    nodes.map((each) =>
      pve.get<TaskListRow[]>(`/nodes/${each.node}/tasks`, {
        limit,
        vmid,
        errors: errors || undefined,
        source: 'all',
      }),
    ),
  );
  return lists
    .flat()
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
