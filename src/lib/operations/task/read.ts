import type { Inventory, PveReader } from '@pmx-cli/kit';
import { invalid } from '@pmx-cli/kit';

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

interface TaskRow {
  upid: string;
  node: string;
  type: string;
  id: string;
  user: string;
  starttime: number;
  endtime?: number;
  status?: string;
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
      pve.get<TaskRow[]>(`/nodes/${each.node}/tasks`, {
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

/** @returns the node's name. @throws RequestError `PMX_INVALID_UPID` */
export function nodeOfUpid(upid: string): string {
  const match = /^UPID:([^:]+):[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:[^:]+:[^:]*:[^:]+:$/.exec(
    upid,
  );
  if (match) return match[1]!;
  throw invalid(
    'PMX_INVALID_UPID',
    'UPID',
    upid,
    'it must look like UPID:node:pid:pstart:start:type:id:user:',
    'pmx task list shows them.',
  );
}

export function taskPath(upid: string): string {
  return `/nodes/${nodeOfUpid(upid)}/tasks/${encodeURIComponent(upid)}`;
}
