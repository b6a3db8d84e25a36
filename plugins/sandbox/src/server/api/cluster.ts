import { randomBytes } from 'node:crypto';
import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, parameterError } from '../errors.js';
import type { Record_ } from '../state/model.js';
import { flag, optional, optionalInteger, optionalText, storage, text, vmid } from './common.js';
import { nodeAddress, nodeRow } from './nodes.js';
import { clusterTasks, isOwn } from './tasks.js';
import type { Call, ParamTable, Permissions, Route } from './types.js';

const AUDIT: Permissions = { check: ['perm', '/', ['Sys.Audit']] };
const MODIFY: Permissions = { check: ['perm', '/', ['Sys.Modify']] };
const CONSOLE: Permissions = { check: ['perm', '/', ['Sys.Console']] };

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
    for (const pool of Object.keys(app.store.state.pools)) if (app.acl.has(user, `/pool/${pool}`, ['Pool.Audit'])) rows.push({ id: `/pool/${pool}`, pool, type: 'pool' });
  }
  for (const node of app.store.state.nodes) {
    if (type === undefined || type === 'node') rows.push({ ...(await nodeRow(app, user, node)), 'cgroup-mode': 2 });
    if (type === undefined || type === 'storage') rows.push(...(await storageRows(app, user, node)));
    if ((type === undefined || type === 'sdn') && app.acl.has(user, '/sdn/zones/localnetwork', ['SDN.Audit'])) {
      rows.push({ id: `network/${node}/zone/localnetwork`, type: 'network', 'network-type': 'zone', network: 'localnetwork', node, status: 'ok' });
    }
  }
  return rows;
}

async function storageRows(app: App, who: Identity, node: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (const [id, config] of app.storages.onNode(node)) {
    if (config.disable || !app.acl.has(who, `/storage/${id}`, ['Datastore.Audit', 'Datastore.AllocateSpace'], true)) continue;
    rows.push({ id: `storage/${node}/${id}`, type: 'storage', node, storage: id, plugintype: config.type, content: config.content.join(','), shared: config.shared ?? 0, status: 'available', disk: await app.storages.used(node, id), maxdisk: app.storages.capacity });
  }
  return rows;
}

function clusterStatus(app: App): unknown[] {
  const { nodes } = app.store.state;
  const rows = nodes.map((name, index) => ({ type: 'node', id: `node/${name}`, name, nodeid: nodes.length > 1 ? index + 1 : 0, online: 1, local: index === 0 ? 1 : 0, level: '', ip: nodeAddress(app, name) }));
  // A single node is no cluster and has no row for one.
  return nodes.length > 1 ? [{ type: 'cluster', id: 'cluster', name: 'sandbox', version: nodes.length, nodes: nodes.length, quorate: 1 }, ...rows] : rows;
}

function options(app: App): unknown {
  const tags = new Set(app.vms.all().flatMap((vm) => String(vm.config['tags'] ?? '').split(';')).filter((tag) => tag !== ''));
  return { description: '', ...app.store.state.clusterOptions, 'allowed-tags': [...tags].sort() };
}

function save(app: App, table: Record<string, Record_>, id: string, params: Call['params'], except: readonly string[]): void {
  const row: Record_ = { ...table[id] };
  for (const [name, value] of params.entries([...except, 'delete', 'digest'])) row[name] = value;
  for (const name of params.list('delete')) delete row[name];
  table[id] = row;
  app.store.touch();
}

const backupParams: ParamTable = {
  all: flag('Backup all known guest systems on this host.', 0),
  bwlimit: optionalInteger('Limit I/O bandwidth (in KiB/s).', { minimum: 0 }),
  comment: optionalText('Description for the Job.', { maxLength: 512 }),
  compress: optionalText('Compress dump file.', { enum: ['0', '1', 'gzip', 'lzo', 'zstd'] }),
  enabled: flag('Enable or disable the job.', 1),
  exclude: optionalText('Exclude specified guest systems (assumes --all)', { format: 'pve-vmid-list' }),
  mailnotification: optionalText('Deprecated.', { enum: ['always', 'failure'] }),
  mailto: optionalText('Deprecated.'),
  mode: optionalText('Backup mode.', { enum: ['snapshot', 'suspend', 'stop'], default: 'snapshot' }),
  node: optionalText('Only run if executed on this node.', { format: 'pve-node' }),
  'notes-template': { ...optionalText('Template string for generating notes for the backup(s).', { maxLength: 1024 }), requires: 'storage' },
  'notification-mode': optionalText('Determine which notification system to use.', { enum: ['auto', 'legacy-sendmail', 'notification-system'] }),
  pool: optionalText('Backup all known guest systems included in the specified pool.'),
  'prune-backups': optionalText('Use these retention options instead of those from the storage configuration.'),
  remove: flag('Prune older backups according to \'prune-backups\'.', 1),
  'repeat-missed': flag('If true, the job will be run as soon as possible if it was missed.', 0),
  schedule: optionalText('Backup schedule.', { format: 'pve-calendar-event', maxLength: 128 }),
  storage: optional(storage),
  vmid: optionalText('The ID of the guest system you want to backup.', { format: 'pve-vmid-list' }),
};
const jobId = text('The job ID.', { pattern: '\\S+', maxLength: 50 });

function backupJob(app: App, id: string): Record_ {
  const job = app.store.state.backupJobs[id];
  if (!job) throw failure(`no such job '${id}'`);
  return job;
}

const sidParam = text('HA resource ID.', { format: 'pve-ha-resource-or-vm-id' });
const haParams: ParamTable = {
  comment: optionalText('Description.', { maxLength: 4096 }),
  failback: flag('Automatically migrate HA resource to the node with the highest priority.', 1),
  max_relocate: optionalInteger('Maximal number of service relocate tries.', { minimum: 0 }),
  max_restart: optionalInteger('Maximal number of tries to restart the service on a node after its start failed.', { minimum: 0 }),
  state: optionalText('Requested resource state.', { enum: ['started', 'stopped', 'enabled', 'disabled', 'ignored'], default: 'started' }),
};

function sidOf(call: Call): string {
  const sid = call.params.string('sid');
  return /^\d+$/.test(sid) ? `vm:${sid}` : sid;
}

function haRow(app: App, sid: string): Record<string, unknown> {
  const resource = app.store.state.haResources[sid];
  if (!resource) throw failure(`no such resource '${sid}'`);
  return { sid, type: sid.split(':')[0], state: 'started', ...resource };
}

export const clusterRoutes: Route[] = [
  {
    method: 'GET', path: '/cluster/resources', name: 'resources', description: 'Resources index (cluster wide).', returns: 'array', permissions: { user: 'all' },
    params: { type: optionalText('Resource type.', { enum: ['vm', 'storage', 'node', 'sdn'] }) }, handler: resources,
  },
  { method: 'GET', path: '/cluster/status', name: 'get_status', description: 'Get cluster status information.', returns: 'array', permissions: AUDIT, protected: true, handler: ({ app }) => clusterStatus(app) },
  {
    method: 'GET', path: '/cluster/nextid', name: 'nextid', description: 'Get next free VMID. If you pass an VMID it will raise an error if the ID is already used.', returns: 'string', permissions: { user: 'all' }, params: { vmid: optional(vmid) },
    handler: ({ app, params }) => {
      const wanted = params.optionalNumber('vmid');
      if (wanted === undefined) return String(app.vms.nextFree());
      if (app.vms.find(wanted)) throw parameterError({ vmid: `VM ${wanted} already exists` });
      return String(wanted);
    },
  },
  {
    method: 'GET', path: '/cluster/options', name: 'get_options', description: "Get datacenter options. Without 'Sys.Audit' on '/' not all options are returned.", returns: 'object', permissions: { user: 'all' },
    handler: ({ app, user }) => (app.acl.has(user, '/', ['Sys.Audit']) ? options(app) : { 'allowed-tags': (options(app) as Record<string, unknown>)['allowed-tags'] }),
  },
  {
    method: 'PUT', path: '/cluster/options', name: 'set_options', description: 'Set datacenter options.', returns: 'null', permissions: MODIFY, protected: true,
    params: { delete: optionalText('A list of settings you want to delete.', { format: 'pve-configid-list' }), description: optionalText('Datacenter description.', { maxLength: 65_536 }), keyboard: optionalText('Default keybord layout for vnc server.'), language: optionalText('Default GUI language.'), mac_prefix: optionalText('Prefix for the auto-generated MAC addresses of virtual guests.', { format: 'mac-prefix' }), email_from: optionalText('Specify email address to send notification from', { format: 'email-opt' }), max_workers: optionalInteger('Defines how many workers (per node) are maximal started', { minimum: 1 }) },
    handler: ({ app, params }) => {
      Object.assign(app.store.state.clusterOptions, Object.fromEntries(params.entries(['delete'])));
      for (const name of params.list('delete')) delete app.store.state.clusterOptions[name];
      app.store.touch();
      return null;
    },
  },
  { method: 'GET', path: '/cluster/tasks', name: 'tasks', description: 'List recent tasks (cluster wide).', returns: 'array', permissions: { user: 'all' }, handler: ({ app, user }) => clusterTasks(app, user) },
  {
    method: 'GET', path: '/cluster/log', name: 'log', description: 'Read cluster log', returns: 'array', permissions: { user: 'all' }, params: { max: optionalInteger('Maximum number of entries.', { minimum: 1 }) },
    handler: ({ app, user, params }) => {
      const all = app.acl.has(user, '/', ['Sys.Syslog']);
      const entries = app.store.state.log.filter((entry) => all || isOwn(user, entry)).reverse().slice(0, params.optionalNumber('max') ?? 50);
      return entries.map((entry) => ({ ...entry, uid: String(entry.uid), id: `${entry.uid}:${entry.node}` }));
    },
  },
  { method: 'GET', path: '/cluster/replication', name: 'replication_index', description: 'List replication jobs.', returns: 'array', permissions: { user: 'all' }, handler: ({ app, user }) => Object.entries(app.store.state.replication).filter(([, job]) => app.acl.has(user, `/vms/${String(job['guest'])}`, ['VM.Audit'])).map(([id, job]) => ({ id, ...job })) },
  {
    method: 'POST', path: '/cluster/replication', name: 'replication_create', description: 'Create a new replication job', returns: 'null', permissions: { user: 'all' }, protected: true,
    params: { id: text('Replication Job ID.', { format: 'pve-replication-job-id' }), type: text('Section type.', { enum: ['local'] }), target: text('Target node.', { format: 'pve-node' }), schedule: optionalText('Storage replication schedule.', { format: 'pve-calendar-event' }), comment: optionalText('Description.', { maxLength: 4096 }), disable: flag('Flag to disable/deactivate the entry.') },
    handler: ({ app, user, params }) => {
      const id = params.string('id');
      const guest = Number(id.split('-')[0]);
      app.acl.check(user, `/vms/${guest}`, ['VM.Replicate']);
      if (app.store.state.replication[id]) throw failure(`replication job '${id}' already exists`);
      if (!app.vms.find(guest)) throw failure(`guest '${guest}' does not exist`);
      save(app, app.store.state.replication, id, params, ['id']);
      Object.assign(app.store.state.replication[id]!, { guest, jobnum: Number(id.split('-')[1]), source: app.vms.find(guest)!.node });
      return null;
    },
  },
  { method: 'GET', path: '/cluster/backup', name: 'backup_index', description: 'List vzdump backup schedule.', returns: 'array', permissions: AUDIT, handler: ({ app }) => Object.entries(app.store.state.backupJobs).map(([id, job]) => ({ id, type: 'vzdump', ...job })) },
  {
    method: 'POST', path: '/cluster/backup', name: 'create_job', description: 'Create new vzdump backup job.', returns: 'null', permissions: MODIFY, protected: true, params: { ...backupParams, id: optionalText('Job ID (will be autogenerated).', { format: 'pve-configid' }) },
    handler: ({ app, params }) => {
      const id = params.optionalString('id') ?? `backup-${randomBytes(4).toString('hex')}-${randomBytes(2).toString('hex')}`;
      if (app.store.state.backupJobs[id]) throw failure(`Job '${id}' already exists`);
      save(app, app.store.state.backupJobs, id, params, ['id']);
      app.store.state.backupJobs[id]!['enabled'] ??= 1;
      return null;
    },
  },
  { method: 'GET', path: '/cluster/backup/{id}', name: 'read_job', description: 'Read vzdump backup job definition.', returns: 'object', permissions: AUDIT, params: { id: jobId }, handler: ({ app, params }) => ({ id: params.string('id'), type: 'vzdump', ...backupJob(app, params.string('id')) }) },
  {
    method: 'PUT', path: '/cluster/backup/{id}', name: 'update_job', description: 'Update vzdump backup job definition.', returns: 'null', permissions: MODIFY, protected: true,
    params: { ...backupParams, id: jobId, delete: optionalText('A list of settings you want to delete.', { format: 'pve-configid-list' }) },
    handler: ({ app, params }) => {
      backupJob(app, params.string('id'));
      save(app, app.store.state.backupJobs, params.string('id'), params, ['id']);
      return null;
    },
  },
  {
    method: 'DELETE', path: '/cluster/backup/{id}', name: 'delete_job', description: 'Delete vzdump backup job definition.', returns: 'null', permissions: MODIFY, protected: true, params: { id: jobId },
    handler: ({ app, params }) => {
      backupJob(app, params.string('id'));
      delete app.store.state.backupJobs[params.string('id')];
      app.store.touch();
      return null;
    },
  },
  { method: 'GET', path: '/cluster/ha/resources', name: 'ha_index', description: 'List HA resources.', returns: 'array', permissions: AUDIT, params: { type: optionalText('Only list resources of specific type', { enum: ['ct', 'vm'] }) }, handler: ({ app, params }) => (params.optionalString('type') === 'ct' ? [] : Object.keys(app.store.state.haResources).map((sid) => haRow(app, sid))) },
  {
    method: 'POST', path: '/cluster/ha/resources', name: 'ha_create', description: 'Create a new HA resource.', returns: 'null', permissions: CONSOLE, protected: true, params: { ...haParams, sid: sidParam, type: optionalText('Resource type.', { enum: ['ct', 'vm'] }) },
    handler: (call) => {
      const sid = sidOf(call);
      const guest = Number(sid.slice(3));
      if (!sid.startsWith('vm:') || !call.app.vms.find(guest)) throw failure(`unable to find VM ID '${guest}'`);
      if (call.app.store.state.haResources[sid]) throw failure(`resource ID '${sid}' already defined`);
      save(call.app, call.app.store.state.haResources, sid, call.params, ['sid', 'type']);
      return null;
    },
  },
  { method: 'GET', path: '/cluster/ha/resources/{sid}', name: 'ha_read', description: 'Read resource configuration.', returns: 'object', permissions: AUDIT, params: { sid: sidParam }, handler: (call) => haRow(call.app, sidOf(call)) },
  {
    method: 'PUT', path: '/cluster/ha/resources/{sid}', name: 'ha_update', description: 'Update resource configuration.', returns: 'null', permissions: CONSOLE, protected: true, params: { ...haParams, sid: sidParam, delete: optionalText('A list of settings you want to delete.', { format: 'pve-configid-list' }) },
    handler: (call) => {
      haRow(call.app, sidOf(call));
      save(call.app, call.app.store.state.haResources, sidOf(call), call.params, ['sid']);
      return null;
    },
  },
  {
    method: 'DELETE', path: '/cluster/ha/resources/{sid}', name: 'ha_delete', description: 'Delete resource configuration.', returns: 'null', permissions: CONSOLE, protected: true, params: { sid: sidParam, purge: flag('Remove this resource from rules that reference it.', 1) },
    handler: (call) => {
      haRow(call.app, sidOf(call));
      delete call.app.store.state.haResources[sidOf(call)];
      call.app.store.touch();
      return null;
    },
  },
];
