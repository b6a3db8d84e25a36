import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { parameterError } from '../errors.js';
import { optional, optionalInteger, optionalText, vmid } from './common.js';
import { define } from './declare.js';
import { nodeAddress, nodeRow } from './nodes.js';
import { clusterOptionsTable } from './tables/cluster-options.js';
import { clusterTasks, isOwn } from './tasks.js';
import type { Call, Permissions, Route } from './types.js';

const AUDIT: Permissions = { check: ['perm', '/', ['Sys.Audit']] };

async function resources({ app, user, params }: Call): Promise<unknown[]> {
  const type = params.optionalString('type');
  const rows: unknown[] = [];
  if (type === undefined || type === 'vm') {
    for (const vm of app.vms.all()) {
      if (!app.acl.has(user, `/vms/${vm.vmid}`, ['VM.Audit'])) continue;
      const pool = app.vms.poolOf(vm.vmid);
      const visible = pool !== undefined && app.acl.has(user, `/pool/${pool}`, ['Pool.Audit']);
      rows.push({ ...app.resources.rowOf(vm), ...(visible ? { pool } : {}) });
    }
  }
  if (type === undefined) {
    for (const pool of Object.keys(app.store.state.pools))
      if (app.acl.has(user, `/pool/${pool}`, ['Pool.Audit']))
        rows.push({ id: `/pool/${pool}`, pool, type: 'pool' });
  }
  for (const node of app.store.state.nodes) {
    if (type === undefined || type === 'node')
      rows.push({ ...(await nodeRow(app, user, node)), 'cgroup-mode': 2 });
    if (type === undefined || type === 'storage')
      rows.push(...(await storageRows(app, user, node)));
    if (
      (type === undefined || type === 'sdn') &&
      app.acl.has(user, '/sdn/zones/localnetwork', ['SDN.Audit'])
    ) {
      rows.push({
        id: `network/${node}/zone/localnetwork`,
        type: 'network',
        'network-type': 'zone',
        network: 'localnetwork',
        node,
        status: 'ok',
      });
    }
  }
  return rows;
}

async function storageRows(app: App, who: Identity, node: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (const [id, config] of app.storages.onNode(node)) {
    if (
      config.disable ||
      !app.acl.has(who, `/storage/${id}`, ['Datastore.Audit', 'Datastore.AllocateSpace'], true)
    )
      continue;
    rows.push({
      id: `storage/${node}/${id}`,
      type: 'storage',
      node,
      storage: id,
      plugintype: config.type,
      content: config.content.join(','),
      shared: app.storages.isShared(id) ? 1 : 0,
      ...(app.faults.isDown(node)
        ? { status: 'unknown' }
        : {
            status: 'available',
            disk: await app.storages.used(node, id),
            maxdisk: app.storages.capacity,
          }),
    });
  }
  return rows;
}

function clusterStatus(app: App): unknown[] {
  const { nodes } = app.store.state;
  const rows = nodes.map((name, index) => ({
    type: 'node',
    id: `node/${name}`,
    name,
    nodeid: nodes.length > 1 ? index + 1 : 0,
    online: app.faults.isDown(name) ? 0 : 1,
    local: index === 0 ? 1 : 0,
    level: '',
    ip: nodeAddress(app, name),
  }));
  // A single node is no cluster and has no row for one.
  return nodes.length > 1
    ? [
        {
          type: 'cluster',
          id: 'cluster',
          name: 'sandbox',
          version: nodes.length,
          nodes: nodes.length,
          quorate:
            nodes.filter((name) => !app.faults.isDown(name)).length * 2 > nodes.length ? 1 : 0,
        },
        ...rows,
      ]
    : rows;
}

function options(app: App): Record<string, unknown> {
  const tags = new Set(
    app.vms
      .all()
      .flatMap((vm) => String(vm.config['tags'] ?? '').split(';'))
      .filter((tag) => tag !== ''),
  );
  return { description: '', ...app.store.state.clusterOptions, 'allowed-tags': [...tags].sort() };
}

function setOptions({ app, params }: Call): null {
  Object.assign(app.store.state.clusterOptions, Object.fromEntries(params.entries(['delete'])));
  for (const name of params.list('delete')) delete app.store.state.clusterOptions[name];
  app.store.touch();
  return null;
}

export const clusterRoutes: Route[] = [
  ...define(clusterOptionsTable, {
    'GET /cluster/options': [
      "Get datacenter options. Without 'Sys.Audit' on '/' not all options are returned.",
      ({ app, user }) =>
        app.acl.has(user, '/', ['Sys.Audit'])
          ? options(app)
          : { 'allowed-tags': options(app)['allowed-tags'] },
    ],
    'PUT /cluster/options': ['Set datacenter options.', setOptions],
  }),
  {
    method: 'GET',
    path: '/cluster/resources',
    name: 'resources',
    description: 'Resources index (cluster wide).',
    returns: 'array',
    permissions: { user: 'all' },
    params: { type: optionalText('Resource type.', { enum: ['vm', 'storage', 'node', 'sdn'] }) },
    handler: resources,
  },
  {
    method: 'GET',
    path: '/cluster/status',
    name: 'get_status',
    description: 'Get cluster status information.',
    returns: 'array',
    permissions: AUDIT,
    protected: true,
    handler: ({ app }) => clusterStatus(app),
  },
  {
    method: 'GET',
    path: '/cluster/nextid',
    name: 'nextid',
    description:
      'Get next free VMID. If you pass an VMID it will raise an error if the ID is already used.',
    returns: 'string',
    permissions: { user: 'all' },
    params: { vmid: optional(vmid) },
    handler: ({ app, params }) => {
      const wanted = params.optionalNumber('vmid');
      if (wanted === undefined) return String(app.vms.nextFree());
      if (app.vms.find(wanted)) throw parameterError({ vmid: `VM ${wanted} already exists` });
      return String(wanted);
    },
  },
  {
    method: 'GET',
    path: '/cluster/tasks',
    name: 'tasks',
    description: 'List recent tasks (cluster wide).',
    returns: 'array',
    permissions: { user: 'all' },
    handler: ({ app, user }) => clusterTasks(app, user),
  },
  {
    method: 'GET',
    path: '/cluster/log',
    name: 'log',
    description: 'Read cluster log',
    returns: 'array',
    permissions: { user: 'all' },
    params: { max: optionalInteger('Maximum number of entries.', { minimum: 1 }) },
    handler: ({ app, user, params }) => {
      const all = app.acl.has(user, '/', ['Sys.Syslog']);
      const entries = app.store.state.log
        .filter((entry) => all || isOwn(user, entry))
        .reverse()
        .slice(0, params.optionalNumber('max') ?? 50);
      return entries.map((entry) => ({
        ...entry,
        uid: String(entry.uid),
        id: `${entry.uid}:${entry.node}`,
      }));
    },
  },
];
