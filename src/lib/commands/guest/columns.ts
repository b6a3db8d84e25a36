import type { Column, Guest } from '@pmx-cli/kit';

import { bytes, duration } from '../../output/format.js';

type GuestColumn = Column<Guest>;

const vmid: GuestColumn = { header: 'vmid', value: (row) => row.vmid, align: 'right' };
const name: GuestColumn = { header: 'name', value: (row) => row.name };
const status: GuestColumn = { header: 'status', value: (row) => row.status };
const node: GuestColumn = { header: 'node', value: (row) => row.node };
const cpus: GuestColumn = { header: 'cpus', value: (row) => row.cpus, align: 'right' };
const memory: GuestColumn = {
  header: 'memory',
  key: 'memoryBytes',
  value: (row) => bytes(row.memoryBytes),
  align: 'right',
};
const disk: GuestColumn = {
  header: 'disk',
  key: 'diskBytes',
  value: (row) => bytes(row.diskBytes),
  align: 'right',
};
const uptime: GuestColumn = {
  header: 'uptime',
  key: 'uptimeSeconds',
  value: (row) => duration(row.uptimeSeconds),
  align: 'right',
};
const tags: GuestColumn = { header: 'tags', value: (row) => row.tags.join(',') };
const pool: GuestColumn = { header: 'pool', value: (row) => row.pool, wide: true };
const lock: GuestColumn = { header: 'lock', value: (row) => row.lock, wide: true };

export const guestColumns = [
  vmid,
  name,
  status,
  node,
  cpus,
  memory,
  disk,
  uptime,
  tags,
  pool,
  lock,
];

/** A template never runs. */
export const templateColumns = [vmid, name, node, cpus, memory, disk, tags, pool, lock];
