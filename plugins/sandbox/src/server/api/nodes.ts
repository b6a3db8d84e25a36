import { createHash } from 'node:crypto';
import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { BRIDGES } from '../qemu/power.js';
import { failure } from '../errors.js';
import { onNode, optionalText, text } from './common.js';
import type { Permissions, Route } from './types.js';
import { VERSION } from './version.js';

const AUDIT: Permissions = { check: ['perm', '/nodes/{node}', ['Sys.Audit']] };
const CPUS = 16;
const MEMORY = 64 * 1024 ** 3;
/** What PVE itself takes. */
const BASE_MEMORY = 3 * 1024 ** 3;

function usedMemory(app: App, node: string): number {
  return app.vms
    .onNode(node)
    .reduce((sum, vm) => sum + app.engine.figures(vm).memhost, BASE_MEMORY);
}

function uptime(app: App): number {
  return Math.floor(Date.now() / 1000) - app.store.state.createdAt + 900;
}

function load(app: App, node: string): number {
  return Math.min(0.95, 0.02 + app.vms.onNode(node).filter((vm) => vm.guest).length * 0.01);
}

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
    maxcpu: CPUS,
    mem: usedMemory(app, node),
    maxmem: MEMORY,
    disk: app.store.state.storages['local'] ? await app.storages.used(node, 'local') : 0,
    maxdisk: app.storages.capacity,
    uptime: uptime(app),
  };
}

function bridge(app: App, node: string, iface: string): Record<string, unknown> {
  const address = nodeAddress(app, node);
  return {
    iface,
    type: 'bridge',
    active: 1,
    autostart: 1,
    address,
    netmask: '24',
    cidr: `${address}/24`,
    method: 'static',
    method6: 'manual',
    families: ['inet'],
    bridge_fd: '0',
    bridge_ports: '',
    bridge_stp: 'off',
    priority: 3,
  };
}

export function nodeAddress(app: App, node: string): string {
  return `10.99.0.${app.store.state.nodes.indexOf(node) + 1}`;
}

async function status(app: App, node: string): Promise<unknown> {
  const used = await app.storages.used(node, 'local');
  const total = app.storages.capacity;
  const memory = usedMemory(app, node);
  return {
    uptime: uptime(app),
    cpu: load(app, node),
    wait: 0,
    idle: 0,
    loadavg: ['0.12', '0.10', '0.09'],
    pveversion: `pve-manager/${VERSION.version}/${VERSION.repoid}`,
    kversion: 'Linux 6.17.2-1-pve #1 SMP PREEMPT_DYNAMIC PMX 6.17.2-1',
    'current-kernel': {
      sysname: 'Linux',
      release: '6.17.2-1-pve',
      version: '#1 SMP PREEMPT_DYNAMIC PMX 6.17.2-1',
      machine: 'x86_64',
    },
    'boot-info': { mode: 'legacy-bios' },
    cpuinfo: {
      model: 'pmx sandbox CPU',
      vendor: 'AuthenticAMD',
      family: '25',
      sockets: 1,
      cores: CPUS,
      cpus: CPUS,
      mhz: '2596.130',
      user_hz: 100,
      hvm: '1',
      flags: 'fpu vme de pse tsc msr pae sse sse2 ht lm svm',
    },
    memory: { total: MEMORY, used: memory, free: MEMORY - memory, available: MEMORY - memory },
    swap: { total: 0, used: 0, free: 0 },
    ksm: { shared: 0 },
    rootfs: { total, used, free: Math.max(0, total - used), avail: Math.max(0, total - used) },
  };
}

function networks(app: App, who: Identity, node: string, type: string | undefined): unknown[] {
  const wanted =
    type === undefined ||
    ['bridge', 'any_bridge', 'any_local_bridge', 'include_sdn'].includes(type);
  if (!wanted) return [];
  return BRIDGES.filter((iface) =>
    app.acl.has(who, `/sdn/zones/localnetwork/${iface}`, ['SDN.Audit', 'SDN.Use'], true),
  ).map((iface) => bridge(app, node, iface));
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
  {
    method: 'GET',
    path: '/nodes/{node}/time',
    name: 'time',
    description: 'Read server time and time zone settings.',
    params: onNode,
    permissions: AUDIT,
    returns: 'object',
    handler: ({ app }) => {
      const time = Math.floor(app.faults.now() / 1000);
      return { timezone: 'Etc/UTC', time, localtime: time };
    },
  },
  {
    method: 'GET',
    path: '/nodes/{node}/dns',
    name: 'dns',
    description: 'Read DNS settings.',
    params: onNode,
    permissions: AUDIT,
    returns: 'object',
    handler: () => ({ dns1: '10.255.255.53' }),
  },
  {
    method: 'GET',
    path: '/nodes/{node}/hosts',
    name: 'get_etc_hosts',
    description: 'Get the content of /etc/hosts.',
    params: onNode,
    permissions: AUDIT,
    protected: true,
    returns: 'object',
    handler: ({ app }) => {
      const data = [
        '127.0.0.1 localhost',
        ...app.store.state.nodes.map(
          (name) => `${nodeAddress(app, name)} ${name}.sandbox.internal ${name}`,
        ),
        '',
      ].join('\n');
      return { data, digest: createHash('sha1').update(data).digest('hex') };
    },
  },
  {
    method: 'GET',
    path: '/nodes/{node}/network',
    name: 'network_index',
    description: 'List available networks',
    permissions: { user: 'all' },
    returns: 'array',
    params: {
      ...onNode,
      type: optionalText('Only list specific interface types.', {
        enum: [
          'bridge',
          'bond',
          'eth',
          'alias',
          'vlan',
          'fabric',
          'OVSBridge',
          'OVSBond',
          'OVSPort',
          'OVSIntPort',
          'vnet',
          'any_bridge',
          'any_local_bridge',
          'include_sdn',
        ],
      }),
    },
    handler: ({ app, user, params }) =>
      networks(app, user, params.string('node'), params.optionalString('type')),
  },
  {
    method: 'GET',
    path: '/nodes/{node}/network/{iface}',
    name: 'network_config',
    description: 'Read network device configuration',
    permissions: AUDIT,
    returns: 'object',
    params: { ...onNode, iface: text('Network interface name.') },
    handler: ({ app, params }) => {
      const iface = params.string('iface');
      if (!(BRIDGES as readonly string[]).includes(iface))
        throw failure('interface does not exist');
      const { iface: _name, ...row } = bridge(app, params.string('node'), iface);
      return row;
    },
  },
  {
    method: 'GET',
    path: '/nodes/{node}/lxc',
    name: 'vmlist',
    description: 'LXC container index (per node).',
    params: onNode,
    permissions: { user: 'all' },
    protected: true,
    returns: 'array',
    handler: () => [],
  },
  {
    method: 'GET',
    path: '/nodes/{node}/subscription',
    name: 'get',
    description: 'Read subscription info.',
    params: onNode,
    permissions: { user: 'all' },
    returns: 'object',
    handler: () => ({
      status: 'notfound',
      message: 'There is no subscription key',
      url: 'https://www.proxmox.com/en/proxmox-virtual-environment/pricing',
    }),
  },
];
