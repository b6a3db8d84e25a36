import type { Inventory, PveReader } from '@pmx-cli/kit';

export const resourceTypes = ['vm', 'ct', 'node', 'storage', 'pool', 'sdn'] as const;
export type ResourceType = (typeof resourceTypes)[number];

/** A row of /cluster/resources. Figures are absent where a right is missing or the node is away. */
export interface Resource {
  type: ResourceType;
  /** As the server names it: `qemu/101`, `storage/pve1/local`. */
  id: string;
  name: string;
  node?: string;
  status?: string;
  vmid?: number;
  template?: boolean;
  pool?: string;
  shared?: boolean;
  cpus?: number;
  /** 0…1 of its processors. */
  cpuUsage?: number;
  memoryBytes?: number;
  memoryUsedBytes?: number;
  diskBytes?: number;
  diskUsedBytes?: number;
  uptimeSeconds?: number;
}

/** Bytes since the guest was started; the server counts anew at each start. */
export interface Counters {
  netIn: number;
  netOut: number;
  diskRead: number;
  diskWrite: number;
}

export interface CountedResource extends Resource {
  counters?: Counters;
}

type Row = Record<string, unknown>;

const types: Readonly<Record<string, ResourceType>> = {
  qemu: 'vm',
  lxc: 'ct',
  node: 'node',
  storage: 'storage',
  pool: 'pool',
  sdn: 'sdn',
  network: 'sdn',
};

/** Everything that the cluster lists, in one request. */
export async function readResources(
  pve: PveReader,
  only: readonly ResourceType[] = resourceTypes,
): Promise<CountedResource[]> {
  const rows = await pve.get<Row[]>('/cluster/resources');
  return rows
    .map(resourceOf)
    .filter((resource): resource is CountedResource => resource !== undefined)
    .filter(({ type }) => only.includes(type))
    .sort(
      (a, b) =>
        resourceTypes.indexOf(a.type) - resourceTypes.indexOf(b.type) ||
        (a.vmid ?? 0) - (b.vmid ?? 0) ||
        (a.id < b.id ? -1 : 1),
    );
}

/** The same without counters, with the nodes that are away noted. */
export async function listResources(
  pve: PveReader,
  inventory: Inventory,
  only: readonly ResourceType[] | undefined,
): Promise<Resource[]> {
  const all = await readResources(pve);
  for (const { type, status, node } of all)
    if (type === 'node' && status === 'offline') inventory.unreachable.add(node!);
  return all
    .filter(({ type }) => only === undefined || only.includes(type))
    .map(({ counters: _, ...resource }) => resource);
}

function resourceOf(row: Row): CountedResource | undefined {
  const type = types[String(row['type'])];
  if (type === undefined) return undefined;
  const guest = type === 'vm' || type === 'ct';
  const [netIn, netOut, diskRead, diskWrite] = ['netin', 'netout', 'diskread', 'diskwrite'].map(
    (key) => numberOf(row, key),
  );
  const node = textOf(row, 'node');
  return withoutGaps({
    type,
    id: String(row['id']),
    name: nameOf(row, type),
    node,
    status: textOf(row, 'status'),
    vmid: numberOf(row, 'vmid'),
    template: guest ? Number(row['template'] ?? 0) === 1 : undefined,
    pool: textOf(row, 'pool'),
    shared: type === 'storage' ? Number(row['shared'] ?? 0) === 1 : undefined,
    cpus: numberOf(row, 'maxcpu'),
    cpuUsage: numberOf(row, 'cpu'),
    memoryBytes: numberOf(row, 'maxmem'),
    memoryUsedBytes: numberOf(row, 'mem'),
    diskBytes: numberOf(row, 'maxdisk'),
    // A VM's disks are not looked into: PVE says 0 there.
    diskUsedBytes: type === 'vm' ? undefined : numberOf(row, 'disk'),
    uptimeSeconds: numberOf(row, 'uptime'),
    counters:
      guest && netIn !== undefined
        ? {
            netIn,
            netOut: netOut ?? 0,
            diskRead: diskRead ?? 0,
            diskWrite: diskWrite ?? 0,
          }
        : undefined,
  });
}

function nameOf(row: Row, type: ResourceType): string {
  const key = {
    vm: 'name',
    ct: 'name',
    node: 'node',
    storage: 'storage',
    pool: 'pool',
    sdn: 'sdn',
  }[type];
  return textOf(row, key) ?? textOf(row, 'network') ?? '';
}

function textOf(row: Row, key: string): string | undefined {
  const value = row[key];
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

function numberOf(row: Row, key: string): number | undefined {
  const text = textOf(row, key);
  const value = Number(text);
  return text === undefined || Number.isNaN(value) ? undefined : value;
}

function withoutGaps<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}
