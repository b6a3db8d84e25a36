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

export const taskStates = ['running', 'ok', 'warning', 'error'] as const;
export type TaskState = (typeof taskStates)[number];

export interface TaskFilter {
  node?: string;
  vmid?: number;
  errors: boolean;
  states?: readonly TaskState[];
  type?: string;
  /** Or a part of the name. */
  user?: string;
  /** Seconds since 1970. */
  since?: number;
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
  const { node, vmid, errors, limit, states, type, user, since } = filter;
  const ended = states?.filter((state) => state !== 'running');
  const onlyEnded = ended && ended.length > 0 && ended.length === states!.length;
  const tasksOf = (each: string): Promise<TaskListRow[]> =>
    pve.get<TaskListRow[]>(`/nodes/${each}/tasks`, {
      limit,
      vmid,
      errors: errors || undefined,
      typefilter: type,
      userfilter: user,
      since,
      source: ended?.length === 0 ? 'active' : 'all',
      // The server leaves running tasks out as soon as there is such a filter.
      statusfilter: onlyEnded ? ended.join(',') : undefined,
    });
  const tasks =
    node === undefined
      ? await inventory.fromNodes(tasksOf)
      : await tasksOf((await inventory.node(node)).node);
  return tasks
    .filter(({ status }) => states === undefined || states.includes(stateOf(status)))
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

function stateOf(status: string | undefined): TaskState {
  if (status === undefined || status === 'running') return 'running';
  if (status === 'OK') return 'ok';
  return status.startsWith('WARNINGS') ? 'warning' : 'error';
}

/** @throws RequestError `PMX_INVALID_UPID` */
export function taskPath(upid: string): string {
  return `/nodes/${parseUpid(upid).node}/tasks/${encodeURIComponent(upid)}`;
}

export function readTask(pve: PveReader, upid: string): Promise<TaskStatus> {
  return pve.get<TaskStatus>(`${taskPath(upid)}/status`);
}
