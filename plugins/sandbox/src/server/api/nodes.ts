import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { MACHINE } from '../host/machine.js';
import { VERSION } from '../host/packages.js';
import { onNode } from './common.js';
import { load, usedMemory } from './nodes/load.js';
import { uptime } from './nodes/settings.js';
import type { Permissions, Route } from './types.js';

export { nodeAddress } from './nodes/settings.js';

const AUDIT: Permissions = { check: ['perm', '/nodes/{node}', ['Sys.Audit']] };
/** A row of GET /nodes; the figures are for those with Sys.Audit only. */
export async function nodeRow(
  app: App,
  who: Identity,
  node: string,
): Promise<Record<string, unknown>> {
  const down = app.faults.isDown(node);
  const state = down ? 'offline' : 'online';
  const names = { id: `node/${node}`, node, type: 'node', status: state, level: '' };
  if (down || !app.acl.has(who, `/nodes/${node}`, ['Sys.Audit'])) return names;
  return {
    ...names,
    cpu: load(app, node),
    maxcpu: MACHINE.cpus,
    mem: usedMemory(app, node),
    maxmem: MACHINE.memory,
    disk: app.store.state.storages['local'] ? await app.storages.used(node, 'local') : 0,
    maxdisk: app.storages.capacity,
    uptime: uptime(app, node),
  };
}

async function status(app: App, node: string): Promise<unknown> {
  const used = await app.storages.used(node, 'local');
  const total = app.storages.capacity;
  const memory = usedMemory(app, node);
  return {
    uptime: uptime(app, node),
    cpu: load(app, node),
    wait: 0,
    idle: 0,
    // Nothing is measured: the same for all three, as it is with a steady load.
    loadavg: [1, 1, 1].map(() => (load(app, node) * MACHINE.cpus).toFixed(2)),
    pveversion: `pve-manager/${VERSION.version}/${VERSION.repoid}`,
    kversion: `Linux ${MACHINE.kernelRelease} ${MACHINE.kernelVersion}`,
    'current-kernel': {
      sysname: 'Linux',
      release: MACHINE.kernelRelease,
      version: MACHINE.kernelVersion,
      machine: 'x86_64',
    },
    'boot-info': { mode: MACHINE.bootMode },
    cpuinfo: {
      model: MACHINE.cpuModel,
      vendor: MACHINE.cpuVendor,
      family: MACHINE.cpuFamily,
      sockets: MACHINE.sockets,
      cores: MACHINE.cpus,
      cpus: MACHINE.cpus,
      mhz: MACHINE.cpuMhz,
      user_hz: 100,
      hvm: '1',
      flags: MACHINE.cpuFlags,
    },
    memory: {
      total: MACHINE.memory,
      used: memory,
      free: MACHINE.memory - memory,
      available: MACHINE.memory - memory,
    },
    swap: { total: 0, used: 0, free: 0 },
    ksm: { shared: 0 },
    rootfs: { total, used, free: Math.max(0, total - used), avail: Math.max(0, total - used) },
  };
}

/** PVE's own index, which is longer than what the sandbox can do. */
const SUBDIRS = (
  'aplinfo apt capabilities ceph certificates config disks dns firewall hardware hosts journal lxc ' +
  'migrateall netstat network qemu query-oci-repo-tags query-url-metadata replication report rrd ' +
  'rrddata scan sdn services spiceshell startall status stopall storage subscription suspendall ' +
  'syslog tasks termproxy time version vncshell vzdump wakeonlan'
).split(' ');

export const nodeRoutes: Route[] = [
  {
    method: 'GET',
    path: '/nodes',
    name: 'node_index',
    description: 'Cluster node index.',
    permissions: { user: 'all' },
    returns: 'array',
    handler: ({ app, user }) =>
      Promise.all(
        app.store.state.nodes.map(async (name) => ({
          ...(await nodeRow(app, user, name)),
          ssl_fingerprint: app.fingerprint,
        })),
      ),
  },
  {
    method: 'GET',
    path: '/nodes/{node}',
    name: 'index',
    description: 'Node index.',
    params: onNode,
    permissions: { user: 'all' },
    returns: 'array',
    handler: () => SUBDIRS.map((name) => ({ name })),
  },
  {
    method: 'GET',
    path: '/nodes/{node}/status',
    name: 'status',
    description: 'Read node status',
    params: onNode,
    permissions: AUDIT,
    returns: 'object',
    handler: ({ app, params }) => status(app, params.string('node')),
  },
  {
    method: 'GET',
    path: '/nodes/{node}/version',
    name: 'version',
    description: 'API version details',
    params: onNode,
    permissions: { user: 'all' },
    returns: 'object',
    handler: () => VERSION,
  },
];
