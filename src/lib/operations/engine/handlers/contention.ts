import { isPmxError, type PmxError, ProxmoxError } from '@pmx-cli/kit/errors';

import { isLockTimeout, readTaskRow, type TaskListRow } from '../../../api/index.js';
import type { StepContext } from './handler.js';

/** Seconds between tries while somebody else holds a lock; PVE itself waits 10 s before it gives up. */
const pauses = [1, 2, 4, 8, 15, 30];
/** Unless `--wait-lock` says otherwise. */
export const usualLockWait = 60_000;

/**
 * Runs `attempt` again while PVE says that a lock is held: a backup, a clone or a neighbour's
 * command. The lock texts mean "not begun", so trying again never does a thing twice.
 *
 * @param path of what is locked, a guest or a storage: only then can be told who has it
 * @throws ProxmoxError `PMX_LOCKED` that tells who holds it, when the time is over
 */
export async function whileLocked<T>(
  context: StepContext,
  attempt: () => Promise<T>,
  path = '',
): Promise<T> {
  let waited = 0;
  let holder: TaskListRow | undefined;
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPmxError(error) || !isLockTimeout(error)) throw error;
      if (tries === 0 || waited >= context.waitLock)
        holder = (await holderOf(path, error.message, context)) ?? holder;
      if (waited >= context.waitLock) throw stillLocked(error, path, holder);
      const pause = Math.min((pauses[tries] ?? pauses.at(-1)!) * 1000, context.waitLock - waited);
      const by = holder ? nameOf(holder) : 'another task';
      context.report(`locked by ${by}, trying again in ${Math.ceil(pause / 1000)} s`);
      await context.sleep(pause, context.signal);
      waited += pause;
    }
  }
}

/** The task that works on the guest now, as far as one may see it. */
async function holderOf(
  path: string,
  message: string,
  context: StepContext,
): Promise<TaskListRow | undefined> {
  const [, node] = /^\/nodes\/([^/]+)/.exec(path) ?? [];
  const vmid = vmidIn(path, message);
  if (node === undefined || vmid === undefined) return undefined;
  try {
    const pve = await context.pve();
    const rows = await pve.get<Array<Record<string, unknown>>>(`/nodes/${node}/tasks`, {
      source: 'active',
    });
    const running = rows
      .map(readTaskRow)
      .filter((row) => row !== undefined)
      .filter((row) => row.endtime === undefined && row.status === undefined)
      .filter(({ upid }) => !context.upids.includes(upid));
    // A backup of many guests names none of them.
    return (
      running.find(({ id }) => id === vmid || id.startsWith(`${vmid}@`)) ??
      running.find(({ type, id }) => type === 'vzdump' && id === '' && /backup/.test(message))
    );
  } catch {
    // Who it is is good to know; that it is locked is the news.
    return undefined;
  }
}

/** A clone locks its template as well: the text knows better than the path whose lock it is. */
function vmidIn(path: string, message: string): string | undefined {
  return /lock-(\d+)\.conf/.exec(message)?.[1] ?? /\/(?:qemu|lxc)\/(\d+)(?:\/|$)/.exec(path)?.[1];
}

function nameOf({ type, user, starttime }: TaskListRow): string {
  return `task ${type} of ${user} since ${new Date(starttime * 1000).toISOString().slice(0, 19)}Z`;
}

function stillLocked(error: PmxError, path: string, holder: TaskListRow | undefined): PmxError {
  const vmid = vmidIn(path, error.message);
  const by = holder
    ? `by ${nameOf(holder)} (${holder.upid})`
    : 'and no task that may be seen here works on it';
  const kind = path.includes('/lxc/') ? 'pct' : 'qm';
  return new ProxmoxError({
    code: 'PMX_LOCKED',
    message: `${error.message.replace(/\.$/, '')}${vmid === undefined ? '' : `: guest ${vmid} is held ${by}`}.`,
    hints: [
      'Wait longer for it: --wait-lock 10m',
      ...(holder
        ? [`See what it does: pmx task log ${holder.upid}`]
        : vmid === undefined
          ? []
          : [
              `If nothing works on it any more, root takes the lock off on the node: ${kind} unlock ${vmid}`,
            ]),
    ],
    data: { ...error.data, ...(holder && { holder: { ...holder } }) },
    cause: error,
  });
}
