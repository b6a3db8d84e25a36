import type { Inventory, Node, PveReader } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

export interface NodeService {
  service: string;
  state: string;
  /** Whether it is to run: `enabled`, `masked`, `not-found` … */
  unitState?: string;
}

export interface NodeDetails extends Node {
  version?: string;
  kernel?: string;
  cpuModel?: string;
  /** Of the last 1, 5 and 15 minutes. */
  load?: number[];
  rootBytes?: number;
  rootUsedBytes?: number;
  swapBytes?: number;
  swapUsedBytes?: number;
  guests: { running: number; total: number };
  /** Only for those with Sys.Audit on the node. */
  services?: NodeService[];
}

interface Space {
  total?: number;
  used?: number;
}

interface StatusAnswer {
  pveversion?: string;
  kversion?: string;
  'current-kernel'?: { release?: string };
  cpuinfo?: { model?: string };
  loadavg?: Array<string | number>;
  memory?: Space;
  rootfs?: Space;
  swap?: Space;
}

/** @throws RequestError `PMX_NODE_NOT_FOUND` */
export async function readNode(
  pve: PveReader,
  inventory: Inventory,
  name: string,
): Promise<NodeDetails> {
  const node = await inventory.node(name);
  const own = (await inventory.guests()).filter((guest) => guest.node === name);
  const guests = {
    running: own.filter(({ status }) => status === 'running').length,
    total: own.length,
  };
  if (node.status === 'offline') return { ...node, guests };
  const [status, services] = await Promise.all([
    ifAllowed(pve.get<StatusAnswer>(`/nodes/${name}/status`)),
    ifAllowed(pve.get<Array<Record<string, string>>>(`/nodes/${name}/services`)),
  ]);
  return {
    ...node,
    ...(status && factsOf(status)),
    guests,
    ...(services && {
      services: services.map((row) => ({
        service: String(row['service']),
        state: String(row['state']),
        ...(row['unit-state'] !== undefined && { unitState: row['unit-state'] }),
      })),
    }),
  };
}

function factsOf(status: StatusAnswer): Partial<NodeDetails> {
  const { rootfs, swap, loadavg } = status;
  const facts = {
    version: status.pveversion?.split('/')[1],
    kernel: status['current-kernel']?.release ?? status.kversion,
    cpuModel: status.cpuinfo?.model,
    load: loadavg?.map(Number),
    rootBytes: rootfs?.total,
    rootUsedBytes: rootfs?.used,
    swapBytes: swap?.total,
    swapUsedBytes: swap?.used,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

async function ifAllowed<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isPmxError(error) && error.code === 'PMX_PERMISSION_DENIED') return undefined;
    throw error;
  }
}
