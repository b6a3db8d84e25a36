import type { Guest, ImpactItem, Inventory, Node, Plan, PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { readConfigs } from '../shared/read-configs.js';

export interface NodePower {
  node: string;
  command: 'reboot' | 'shutdown';
  /** Guests that go down with it. */
  stopped: number[];
}

/**
 * What runs there is named beforehand, and whether it comes back by itself.
 * @throws RequestError `PMX_NODE_NOT_FOUND`, `PMX_NODE_OFFLINE`
 */
export async function planNodePower(
  pve: PveReader,
  inventory: Inventory,
  name: string,
  command: NodePower['command'],
): Promise<Plan> {
  const node = await inventory.node(name);
  if (node.status === 'offline') {
    throw new RequestError({
      code: 'PMX_NODE_OFFLINE',
      message: `Node '${name}' is offline, so nobody can tell it to ${command}.`,
      hints: [`If it is off, wake it: pmx node wake ${name}`],
    });
  }
  const [guests, nodes] = await Promise.all([inventory.freshGuests(), inventory.nodes()]);
  const running = guests.filter((guest) => guest.node === name && guest.status !== 'stopped');
  const verb = command === 'reboot' ? 'Reboot' : 'Shut down';
  return {
    operation: `node.${command}`,
    target: `node ${name}`,
    title: `${verb} node ${name}${running.length === 0 ? '' : ` with ${running.length} running guests`}`,
    steps: [
      {
        id: command,
        title: `${verb} node ${name}`,
        kind: 'pve.call',
        destructive: true,
        args: { method: 'POST', path: `/nodes/${name}/status`, params: { command } },
      },
    ],
    impact: { removes: await goingDown(pve, running, command), keeps: [] },
    notes: quorumNotes(nodes, name),
    result: { node: name, command, stopped: running.map(({ vmid }) => vmid) },
  };
}

async function goingDown(
  pve: PveReader,
  running: readonly Guest[],
  command: NodePower['command'],
): Promise<ImpactItem[]> {
  const configs = await readConfigs(pve, running);
  return running.map(({ vmid, name, type }, at) => ({
    what: type === 'lxc' ? 'running container' : 'running VM',
    name: `${vmid} (${name})`,
    detail:
      Number(configs[at]?.['onboot'] ?? 0) === 1
        ? command === 'reboot'
          ? 'starts again with the node'
          : 'starts again when the node does'
        : 'stays off: no onboot',
  }));
}

/** Corosync's majority: with it gone the others can change nothing. */
function quorumNotes(nodes: readonly Node[], leaving: string): string[] {
  const left = nodes.filter(({ node, status }) => status === 'online' && node !== leaving).length;
  if (nodes.length < 2 || left > nodes.length / 2) return [];
  return [
    `Without ${leaving} only ${left} of ${nodes.length} nodes ${left === 1 ? 'is' : 'are'} left: the cluster has no quorum then.`,
  ];
}

export interface NodeWake {
  node: string;
  /** False when it was awake. */
  changed: boolean;
}

/** @throws RequestError `PMX_NODE_NOT_FOUND` */
export async function planNodeWake(inventory: Inventory, name: string): Promise<Plan> {
  const { status } = await inventory.node(name);
  const changed = status !== 'online';
  return {
    operation: 'node.wake',
    target: `node ${name}`,
    title: `Wake node ${name}`,
    steps: changed
      ? [
          {
            id: 'wake',
            title: `Send a wake-up packet to node ${name}`,
            kind: 'pve.call',
            // One packet more wakes it no more than it is.
            args: { method: 'POST', path: `/nodes/${name}/wakeonlan`, idempotent: true },
          },
        ]
      : [],
    ...(!changed && { notes: [`Node ${name} is awake already.`] }),
    result: { node: name, changed },
  };
}
