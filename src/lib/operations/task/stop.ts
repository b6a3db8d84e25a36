import type { Plan, PveReader } from '@pmx-cli/kit';

import { readTask, taskPath } from './read.js';

export interface StoppedTask {
  upid: string;
  type: string;
  node: string;
  /** False when it had ended before. */
  changed: boolean;
}

/** Ends a running task. What it was doing is cleaned up by the server, as far as it can. */
export async function planTaskStop(pve: PveReader, upid: string): Promise<Plan> {
  const path = taskPath(upid);
  const { type, id, node, user, status, exitstatus } = await readTask(pve, upid);
  const target = `task ${type}${id === '' ? '' : ` ${id}`} on ${node}`;
  const runs = status === 'running';
  return {
    operation: 'task.stop',
    target: upid,
    title: `Stop ${target}`,
    steps: runs
      ? [
          {
            id: 'stop',
            title: `Stop ${target}`,
            kind: 'pve.call',
            destructive: true,
            // One that has ended meanwhile is no error.
            args: { method: 'DELETE', path, idempotent: true },
          },
        ]
      : [],
    impact: {
      removes: runs ? [{ what: 'running task', name: `${type} ${id}`.trim(), detail: user }] : [],
      keeps: [],
    },
    ...(!runs && { notes: [`The ${target} has ended already: ${exitstatus ?? 'unknown'}.`] }),
    result: { upid, type, node, changed: runs },
  };
}
