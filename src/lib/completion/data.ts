import type { PveReader } from '@pmx-cli/kit';

import type { Item, ResourceRow } from './items.js';

/** Milliseconds after which data is read anew; what is older is still offered until then. */
const lives = {
  resources: 20_000,
  bridges: 300_000,
  tasks: 10_000,
  snapshots: 20_000,
  plugin: 20_000,
} as const;

export type DataName =
  | 'resources'
  | 'bridges'
  | 'tasks'
  | `snapshots-${'qemu' | 'lxc'}-${string}`
  | `plugin-${string}+${string}`;

export function lifeOf(name: DataName): number {
  return lives[name.split('-')[0] as keyof typeof lives];
}

type Row = Record<string, unknown>;

/** Reads what a completion may need, in as few requests as there are. */
export async function readData(name: DataName, pve: PveReader): Promise<unknown[]> {
  if (name === 'bridges') return readBridges(pve);
  if (name === 'tasks') return readTasks(pve);
  if (name === 'resources') return readResources(pve);
  const [, type, ...guest] = name.split('-');
  return readSnapshots(pve, type as 'qemu' | 'lxc', guest.join('-'));
}

async function readResources(pve: PveReader): Promise<ResourceRow[]> {
  const rows = await pve.get<Row[]>('/cluster/resources');
  return rows.map((row): ResourceRow => {
    const text = (key: string): string | undefined =>
      row[key] === undefined || row[key] === '' ? undefined : String(row[key]);
    const words = (key: string): string[] | undefined => text(key)?.split(/[;,\s]+/);
    return JSON.parse(
      JSON.stringify({
        type: text('type'),
        vmid: row['vmid'] === undefined ? undefined : Number(row['vmid']),
        name: text('name'),
        node: text('node'),
        status: text('status'),
        template: Number(row['template'] ?? 0) === 1 || undefined,
        tags: words('tags'),
        pool: text('pool'),
        storage: text('storage'),
        content: words('content'),
      }),
    ) as ResourceRow;
  });
}

/** The same bridge on every node is one value. */
async function readBridges(pve: PveReader): Promise<Item[]> {
  const nodes = await onlineNodes(pve);
  const lists = await Promise.all(
    nodes.map((node) => pve.get<Row[]>(`/nodes/${node}/network`, { type: 'any_bridge' })),
  );
  const found = new Map(
    lists.flat().map((row) => [String(row['iface']), String(row['comments'] ?? '').trim()]),
  );
  return [...found].map(([value, description]) => ({ value, description }));
}

const newestTasks = 50;

async function readTasks(pve: PveReader): Promise<Item[]> {
  const nodes = await onlineNodes(pve);
  const lists = await Promise.all(
    nodes.map((node) =>
      pve.get<Row[]>(`/nodes/${node}/tasks`, { source: 'all', limit: newestTasks }),
    ),
  );
  return lists
    .flat()
    .sort((a, b) => Number(b['starttime']) - Number(a['starttime']))
    .slice(0, newestTasks)
    .map((row) => ({
      value: String(row['upid']),
      description: [row['type'], row['id'], row['status'] ?? 'running'].filter(Boolean).join(' '),
    }));
}

async function readSnapshots(pve: PveReader, type: 'qemu' | 'lxc', guest: string): Promise<Item[]> {
  const found = (await readResources(pve)).filter(
    (row) => row.type === type && (String(row.vmid) === guest || row.name === guest),
  );
  const [row] = found;
  if (!row || found.length > 1) return [];
  const rows = await pve.get<Row[]>(`/nodes/${row.node}/${type}/${row.vmid}/snapshot`);
  return rows
    .filter(({ name }) => name !== 'current')
    .map((snapshot) => ({
      value: String(snapshot['name']),
      description: String(snapshot['description'] ?? '').split('\n')[0]!,
    }));
}

async function onlineNodes(pve: PveReader): Promise<string[]> {
  const rows = await pve.get<Row[]>('/nodes');
  return rows.filter(({ status }) => status !== 'offline').map(({ node }) => String(node));
}
