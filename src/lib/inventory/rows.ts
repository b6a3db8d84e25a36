import type { Guest, GuestStatus, Node, Storage } from '@pmx-cli/kit';

/** A row of PVE: numbers come as numbers or strings, booleans as 0/1, absent rights as absent keys. */
export type Row = Record<string, unknown>;

export function text(row: Row, key: string): string | undefined {
  const value = row[key];
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

export function number(row: Row, key: string): number | undefined {
  const value = text(row, key);
  const result = value === undefined ? NaN : Number(value);
  return Number.isNaN(result) ? undefined : result;
}

export function flag(row: Row, key: string): boolean {
  const value = row[key];
  return value === true || (value !== undefined && value !== null && Number(value) === 1);
}

/** Without the keys whose value is undefined (exactOptional documents look better without). */
function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}

/** From /cluster/resources or /nodes/{node}/qemu|lxc, which calls some figures differently. */
export function guestOf(row: Row, node: string, type: Guest['type']): Guest {
  return compact({
    type,
    vmid: number(row, 'vmid') ?? 0,
    name: text(row, 'name') ?? '',
    node,
    status: statusOf(row),
    template: flag(row, 'template'),
    tags: (text(row, 'tags') ?? '').split(/[;,\s]+/).filter((tag) => tag !== ''),
    pool: text(row, 'pool'),
    cpus: number(row, 'maxcpu') ?? number(row, 'cpus'),
    memoryBytes: number(row, 'maxmem'),
    diskBytes: number(row, 'maxdisk'),
    uptimeSeconds: number(row, 'uptime'),
    lock: text(row, 'lock'),
  });
}

function statusOf(row: Row): GuestStatus {
  // A paused VM keeps `running` as its status.
  if (text(row, 'qmpstatus') === 'paused') return 'paused';
  const status = text(row, 'status');
  return status === 'running' || status === 'stopped' || status === 'paused' ? status : 'unknown';
}

/** From /nodes; the figures are absent without Sys.Audit. */
export function nodeOf(row: Row): Node {
  const status = text(row, 'status');
  return compact({
    node: text(row, 'node') ?? '',
    status: status === 'online' || status === 'offline' ? status : 'unknown',
    cpus: number(row, 'maxcpu'),
    cpuUsage: number(row, 'cpu'),
    memoryBytes: number(row, 'maxmem'),
    memoryUsedBytes: number(row, 'mem'),
    uptimeSeconds: number(row, 'uptime'),
  } as Node);
}

/** From /nodes/{node}/storage. */
export function storageOf(row: Row, node: string): Storage {
  return compact({
    storage: text(row, 'storage') ?? '',
    node,
    type: text(row, 'type') ?? '',
    content: contentOf(row),
    shared: flag(row, 'shared'),
    active: flag(row, 'active'),
    totalBytes: number(row, 'total'),
    usedBytes: number(row, 'used'),
    availableBytes: number(row, 'avail'),
  });
}

/** From /cluster/resources?type=storage, which names everything differently. */
export function storageOfResource(row: Row): Storage {
  const total = number(row, 'maxdisk');
  const used = number(row, 'disk');
  return compact({
    storage: text(row, 'storage') ?? '',
    node: text(row, 'node') ?? '',
    type: text(row, 'plugintype') ?? '',
    content: contentOf(row),
    shared: flag(row, 'shared'),
    active: text(row, 'status') === 'available',
    totalBytes: total,
    usedBytes: used,
    availableBytes: total !== undefined && used !== undefined ? total - used : undefined,
  });
}

function contentOf(row: Row): string[] {
  return (text(row, 'content') ?? '')
    .split(',')
    .filter((kind) => kind !== '')
    .sort();
}
