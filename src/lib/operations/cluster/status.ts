import type { Inventory, PveReader } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

export interface ClusterNode {
  node: string;
  online: boolean;
  /** The one that answers. */
  local?: boolean;
  id?: number;
  address?: string;
  version?: string;
}

export interface ClusterStatus {
  /** Left out by a single node, which is no cluster. */
  name?: string;
  /** Whether changes are possible; left out when these rights do not show it. */
  quorate?: boolean;
  nodes: ClusterNode[];
}

interface StatusRow {
  type: 'cluster' | 'node';
  name: string;
  quorate?: number;
  nodeid?: number;
  online?: number;
  local?: number;
  ip?: string;
}

export async function readClusterStatus(
  pve: PveReader,
  inventory: Inventory,
): Promise<ClusterStatus> {
  const rows = await statusRows(pve);
  const nodes: ClusterNode[] = rows
    ? rows
        .filter(({ type }) => type === 'node')
        .map(({ name, online, local, nodeid, ip }) => ({
          node: name,
          online: Number(online) === 1,
          local: Number(local) === 1,
          ...(nodeid !== undefined && { id: Number(nodeid) }),
          ...(ip !== undefined && { address: ip }),
        }))
    : (await inventory.nodes()).map(({ node, status }) => ({ node, online: status !== 'offline' }));
  const cluster = rows?.find(({ type }) => type === 'cluster');
  return {
    ...(cluster && { name: cluster.name }),
    ...(rows && { quorate: cluster === undefined || Number(cluster.quorate) === 1 }),
    nodes: (await Promise.all(nodes.map((node) => withVersion(pve, node)))).sort((a, b) =>
      a.node < b.node ? -1 : 1,
    ),
  };
}

/** Needs Sys.Audit on /. */
async function statusRows(pve: PveReader): Promise<StatusRow[] | undefined> {
  try {
    return await pve.get<StatusRow[]>('/cluster/status');
  } catch (error) {
    if (isPmxError(error) && error.code === 'PMX_PERMISSION_DENIED') return undefined;
    throw error;
  }
}

async function withVersion(pve: PveReader, node: ClusterNode): Promise<ClusterNode> {
  if (!node.online) return node;
  try {
    const { version } = await pve.get<{ version: string }>(`/nodes/${node.node}/version`);
    return { ...node, version };
  } catch (error) {
    if (isPmxError(error) && error.exitCode !== 130) return node;
    throw error;
  }
}
