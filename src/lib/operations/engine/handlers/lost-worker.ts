import { carriesMarker } from '@pmx-cli/kit';

import { findTask, isNotFound, type PveClient, readTaskRow } from '../../../api/index.js';
import type { StepContext } from './handler.js';

export interface Made {
  /** Where it, or the task that makes it, may be. */
  nodes: readonly string[];
  type: 'qemu' | 'lxc';
  vmid: number;
  /** Of the task that was to make it. */
  lookup: { type: string; id: string };
}

const making = /^(?:qm|vz)(?:create|clone|restore)$/;

/**
 * Whether a guest that is locked by its own making is made by nobody: PVE gives up on a worker now and
 * then (`got no worker upid`), and the lock stays for ever.
 */
export async function isAbandoned(
  pve: PveClient,
  { nodes, lookup }: Made,
  description: string | undefined,
  context: StepContext,
): Promise<boolean> {
  for (const node of nodes) {
    const rows = await pve.get<Array<Record<string, unknown>>>(`/nodes/${node}/tasks`, {
      source: 'active',
    });
    // One that has just ended may still be among them.
    const running = rows
      .map(readTaskRow)
      .filter((task) => task !== undefined && task.endtime === undefined && !task.status);
    if (running.some((task) => making.test(task!.type))) return false;
  }
  // One's own tasks are always to be seen; those of others may not be.
  if (carriesMarker(description, context.operationId)) return true;
  if (description !== undefined) return false;
  const task = await findTask(pve, {
    node: nodes[0]!,
    type: lookup.type,
    id: lookup.id,
    user: pve.user,
    since: Math.floor(context.startedAt.getTime() / 1000),
  });
  return task?.status === 'unexpected status';
}

/** The lock that is on a guest for its making, if any. */
export async function makingLock(
  pve: PveClient,
  path: string,
): Promise<'create' | 'clone' | undefined> {
  try {
    const { lock } = await pve.get<{ lock?: string }>(`${path}/config`);
    return lock === 'create' || lock === 'clone' ? lock : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** What was left, and who can remove it: the right to take a lock off is root's alone. */
export function leftLockedText(node: string, type: 'qemu' | 'lxc', vmid: number, lock: string) {
  const tool = type === 'lxc' ? 'pct' : 'qm';
  return {
    message: `Proxmox VE lost its own worker (got no worker upid) and left VMID ${vmid} locked (${lock}) on ${node}.`,
    hint: `Only root can remove it, on ${node}: ${tool} unlock ${vmid} && ${tool} destroy ${vmid}`,
  };
}
