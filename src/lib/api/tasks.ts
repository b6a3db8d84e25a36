import { isPmxError, type PmxError, ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';

import type { Asker, Envelope } from './answer.js';
import { permissionDenied } from './permission.js';
import { refusalOf } from './refusals.js';
import type { PveClient, QueryParams, TaskListRow, TaskStatus } from './types.js';
import { parseUpid, tryParseUpid, type Upid } from './upid.js';

export interface Getter {
  get<T>(path: string, params?: QueryParams): Promise<Envelope<T>>;
}

const logTail = 10;

function taskPath({ node, upid }: Upid): string {
  return `/nodes/${encodeURIComponent(node)}/tasks/${encodeURIComponent(upid)}`;
}

/** One look at a task. */
export async function readTaskStatus(getter: Getter, task: Upid): Promise<TaskStatus> {
  const { data } = await getter.get<Record<string, unknown>>(`${taskPath(task)}/status`);
  return readStatus(task, data);
}

/** Ended well, perhaps with warnings. */
export function hasSucceeded({ exitstatus = '' }: TaskStatus): boolean {
  return /^(OK|WARNINGS: \d+)$/.test(exitstatus);
}

/**
 * @param range lines from `start` (0-based); `limit` 0 means all, which is not PVE's default of 50
 * @returns the lines and how many there are in all
 */
export async function readTaskLog(
  getter: Getter,
  upid: string,
  range: { start: number; limit: number },
): Promise<{ lines: string[]; total: number }> {
  const { data, total } = await getter.get<Array<{ t?: unknown }>>(
    `${taskPath(parseUpid(upid))}/log`,
    range,
  );
  const lines = data.map(({ t }) => String(t ?? ''));
  // What PVE shows for an empty log.
  if (lines.length === 1 && lines[0] === 'no content') return { lines: [], total: 0 };
  return { lines, total: Number(total ?? range.start + lines.length) };
}

export interface TaskQuery {
  node: string;
  /** `qmcreate`, `qmclone`, `imgcopy` … */
  type: string;
  /** VMID or other id in the UPID; empty for tasks that have none, such as uploads. */
  id: string;
  /** `user@realm` or `user@realm!token`, as `PveReader.user` says it. */
  user: string;
  /** When the write was sent: Unix seconds of this machine's clock. */
  since: number;
}

/** PVE's times are whole seconds, and so is the `Date` that the clocks are compared by. */
const clockTolerance = 2;

/**
 * Looks for the task that a write started whose answer was lost.
 *
 * The server's clock is taken from the `Date` header of its answers (`clockOffset`), not from
 * /nodes/x/time: that needs Sys.Audit, and pmx's users often lack it.
 *
 * @returns the newest task that fits, undefined when there is none: then most likely nothing happened
 */
export async function findTask(
  client: Pick<PveClient, 'get' | 'clockOffset'>,
  query: TaskQuery,
): Promise<TaskListRow | undefined> {
  const since = Math.floor(query.since + (client.clockOffset?.() ?? 0) / 1000) - clockTolerance;
  const rows = await client.get<Array<Record<string, unknown>>>(
    `/nodes/${encodeURIComponent(query.node)}/tasks`,
    {
      source: 'all',
      typefilter: query.type,
      since: Math.max(0, since),
      // The default of 50 could be other users' tasks of a busy minute.
      limit: 1000,
    },
  );
  return rows
    .map(readRow)
    .filter((row) => row !== undefined)
    .filter(
      ({ type, id, user, starttime }) =>
        type === query.type && id === query.id && user === query.user && starttime >= since,
    )
    .sort((a, b) => b.starttime - a.starttime)[0];
}

/**
 * A row of /nodes/{node}/tasks or /cluster/tasks. Type, id, user and time come from the UPID: PVE
 * splits `user@realm!token` into two fields in lists.
 */
export function readRow(row: Record<string, unknown>): TaskListRow | undefined {
  const task = tryParseUpid(row['upid']);
  if (!task) return undefined;
  const { upid, node, type, id, user, starttime } = task;
  const endtime = Number(row['endtime'] ?? NaN);
  const status = row['status'];
  return {
    upid,
    node,
    type,
    id,
    user,
    starttime,
    ...(endtime > 0 && { endtime }),
    ...(typeof status === 'string' && status !== '' && !/^running$/i.test(status) && { status }),
  };
}

function readStatus(task: Upid, data: Record<string, unknown>): TaskStatus {
  const { upid, node, type, id, user, starttime } = task;
  const { exitstatus } = data;
  return {
    upid,
    node,
    type,
    id,
    user,
    starttime,
    status: data['status'] === 'stopped' ? 'stopped' : 'running',
    ...(exitstatus !== undefined && { exitstatus: String(exitstatus).trim() }),
  };
}

export async function taskFailed(
  getter: Getter,
  task: Upid,
  { exitstatus = '' }: TaskStatus,
  asker: Pick<Asker, 'user' | 'credentials'>,
): Promise<PmxError> {
  const message = exitstatus === '' ? 'unexpected status' : exitstatus;
  const { upid, node, type, id } = task;
  const data = { upid, node, type, id, exitStatus: message, log: await lastLines(getter, upid) };
  const denied = permissionDenied(message, data, asker);
  if (denied) return denied;
  const readLog = `Read its log: pmx task log ${upid}`;
  const refusal = refusalOf(message);
  if (refusal)
    return new ProxmoxError({ ...refusal, message, hints: [...refusal.hints, readLog], data });
  return new ProxmoxError({ code: 'PMX_TASK_FAILED', message, hints: [readLog], data });
}

async function lastLines(getter: Getter, upid: string): Promise<string[]> {
  try {
    // The total comes with any part of the log, and a log can be long.
    const { total } = await readTaskLog(getter, upid, { start: 0, limit: 1 });
    return (
      await readTaskLog(getter, upid, { start: Math.max(0, total - logTail), limit: logTail })
    ).lines;
  } catch {
    // The exit status is the news; without the log it is still worth telling.
    return [];
  }
}

export function taskTimeout({ upid, type, node }: Upid, timeout: number): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_TASK_TIMEOUT',
    message: `The task ${type} on ${node} has not ended within ${timeout / 1000} s. It goes on without pmx.`,
    hints: [`Wait for it: pmx task wait ${upid}`],
    data: { upid, node, type },
  });
}

export function isNetworkTrouble(error: unknown): boolean {
  return (
    isPmxError(error) &&
    ['PMX_UNREACHABLE', 'PMX_NODE_UNREACHABLE', 'PMX_TIMEOUT'].includes(error.code)
  );
}
