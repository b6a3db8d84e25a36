import { randomBytes } from 'node:crypto';
import type { App } from '../app.js';
import { failure } from '../errors.js';
import type { Record_ } from '../state/model.js';
import { flag, optional, optionalInteger, optionalText, storage, text } from './common.js';
import type { Call, ParamTable, Permissions, Route } from './types.js';

const AUDIT: Permissions = { check: ['perm', '/', ['Sys.Audit']] };
const MODIFY: Permissions = { check: ['perm', '/', ['Sys.Modify']] };
const CONSOLE: Permissions = { check: ['perm', '/', ['Sys.Console']] };

function save(
  app: App,
  table: Record<string, Record_>,
  id: string,
  params: Call['params'],
  except: readonly string[],
): void {
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
  exclude: optionalText('Exclude specified guest systems (assumes --all)', {
    format: 'pve-vmid-list',
  }),
  mailnotification: optionalText('Deprecated.', { enum: ['always', 'failure'] }),
  mailto: optionalText('Deprecated.'),
  mode: optionalText('Backup mode.', {
    enum: ['snapshot', 'suspend', 'stop'],
    default: 'snapshot',
  }),
  node: optionalText('Only run if executed on this node.', { format: 'pve-node' }),
  'notes-template': {
    ...optionalText('Template string for generating notes for the backup(s).', { maxLength: 1024 }),
    requires: 'storage',
  },
  'notification-mode': optionalText('Determine which notification system to use.', {
    enum: ['auto', 'legacy-sendmail', 'notification-system'],
  }),
  pool: optionalText('Backup all known guest systems included in the specified pool.'),
  'prune-backups': optionalText(
    'Use these retention options instead of those from the storage configuration.',
  ),
  remove: flag("Prune older backups according to 'prune-backups'.", 1),
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
  max_restart: optionalInteger(
    'Maximal number of tries to restart the service on a node after its start failed.',
    { minimum: 0 },
  ),
  state: optionalText('Requested resource state.', {
    enum: ['started', 'stopped', 'enabled', 'disabled', 'ignored'],
    default: 'started',
  }),
};

function sidOf(call: Call): string {
  const sid = call.params.string('sid');
  if (!/^\d+$/.test(sid)) return sid;
  return call.app.vms.find(Number(sid))?.kind === 'lxc' ? `ct:${sid}` : `vm:${sid}`;
}

function haRow(app: App, sid: string): Record<string, unknown> {
  const resource = app.store.state.haResources[sid];
  if (!resource) throw failure(`no such resource '${sid}'`);
  return { sid, type: sid.split(':')[0], state: 'started', ...resource };
}

/** What refers to VMs from outside: backup jobs, replication, HA. */
export const clusterJobRoutes: Route[] = [
  {
    method: 'GET',
    path: '/cluster/replication',
    name: 'replication_index',
    description: 'List replication jobs.',
    returns: 'array',
    permissions: { user: 'all' },
    handler: ({ app, user }) =>
      Object.entries(app.store.state.replication)
        .filter(([, job]) => app.acl.has(user, `/vms/${String(job['guest'])}`, ['VM.Audit']))
        .map(([id, job]) => ({ id, ...job })),
  },
  {
    method: 'POST',
    path: '/cluster/replication',
    name: 'replication_create',
    description: 'Create a new replication job',
    returns: 'null',
    permissions: { user: 'all' },
    protected: true,
    params: {
      id: text('Replication Job ID.', { format: 'pve-replication-job-id' }),
      type: text('Section type.', { enum: ['local'] }),
      target: text('Target node.', { format: 'pve-node' }),
      schedule: optionalText('Storage replication schedule.', { format: 'pve-calendar-event' }),
      comment: optionalText('Description.', { maxLength: 4096 }),
      disable: flag('Flag to disable/deactivate the entry.'),
    },
    handler: ({ app, user, params }) => {
      const id = params.string('id');
      const guest = Number(id.split('-')[0]);
      app.acl.check(user, `/vms/${guest}`, ['VM.Replicate']);
      if (app.store.state.replication[id]) throw failure(`replication job '${id}' already exists`);
      if (!app.vms.find(guest)) throw failure(`guest '${guest}' does not exist`);
      save(app, app.store.state.replication, id, params, ['id']);
      Object.assign(app.store.state.replication[id]!, {
        guest,
        jobnum: Number(id.split('-')[1]),
        source: app.vms.find(guest)!.node,
      });
      return null;
    },
  },
  {
    method: 'GET',
    path: '/cluster/backup',
    name: 'backup_index',
    description: 'List vzdump backup schedule.',
    returns: 'array',
    permissions: AUDIT,
    handler: ({ app }) =>
      Object.entries(app.store.state.backupJobs).map(([id, job]) => ({
        id,
        type: 'vzdump',
        ...job,
      })),
  },
  {
    method: 'POST',
    path: '/cluster/backup',
    name: 'create_job',
    description: 'Create new vzdump backup job.',
    returns: 'null',
    permissions: MODIFY,
    protected: true,
    params: {
      ...backupParams,
      id: optionalText('Job ID (will be autogenerated).', { format: 'pve-configid' }),
    },
    handler: ({ app, params }) => {
      const id =
        params.optionalString('id') ??
        `backup-${randomBytes(4).toString('hex')}-${randomBytes(2).toString('hex')}`;
      if (app.store.state.backupJobs[id]) throw failure(`Job '${id}' already exists`);
      save(app, app.store.state.backupJobs, id, params, ['id']);
      app.store.state.backupJobs[id]!['enabled'] ??= 1;
      return null;
    },
  },
  {
    method: 'GET',
    path: '/cluster/backup/{id}',
    name: 'read_job',
    description: 'Read vzdump backup job definition.',
    returns: 'object',
    permissions: AUDIT,
    params: { id: jobId },
    handler: ({ app, params }) => ({
      id: params.string('id'),
      type: 'vzdump',
      ...backupJob(app, params.string('id')),
    }),
  },
  {
    method: 'PUT',
    path: '/cluster/backup/{id}',
    name: 'update_job',
    description: 'Update vzdump backup job definition.',
    returns: 'null',
    permissions: MODIFY,
    protected: true,
    params: {
      ...backupParams,
      id: jobId,
      delete: optionalText('A list of settings you want to delete.', {
        format: 'pve-configid-list',
      }),
    },
    handler: ({ app, params }) => {
      backupJob(app, params.string('id'));
      save(app, app.store.state.backupJobs, params.string('id'), params, ['id']);
      return null;
    },
  },
  {
    method: 'DELETE',
    path: '/cluster/backup/{id}',
    name: 'delete_job',
    description: 'Delete vzdump backup job definition.',
    returns: 'null',
    permissions: MODIFY,
    protected: true,
    params: { id: jobId },
    handler: ({ app, params }) => {
      backupJob(app, params.string('id'));
      delete app.store.state.backupJobs[params.string('id')];
      app.store.touch();
      return null;
    },
  },
  {
    method: 'GET',
    path: '/cluster/ha/resources',
    name: 'ha_index',
    description: 'List HA resources.',
    returns: 'array',
    permissions: AUDIT,
    params: { type: optionalText('Only list resources of specific type', { enum: ['ct', 'vm'] }) },
    handler: ({ app, params }) =>
      Object.keys(app.store.state.haResources)
        .filter((sid) => sid.startsWith(`${params.optionalString('type') ?? ''}`))
        .map((sid) => haRow(app, sid)),
  },
  {
    method: 'POST',
    path: '/cluster/ha/resources',
    name: 'ha_create',
    description: 'Create a new HA resource.',
    returns: 'null',
    permissions: CONSOLE,
    protected: true,
    params: {
      ...haParams,
      sid: sidParam,
      type: optionalText('Resource type.', { enum: ['ct', 'vm'] }),
    },
    handler: (call) => {
      const sid = sidOf(call);
      const guest = Number(sid.slice(3));
      const found = call.app.vms.find(guest);
      const type = found?.kind === 'lxc' ? 'ct' : 'vm';
      if (!found || !sid.startsWith(`${type}:`)) throw failure(`unable to find VM ID '${guest}'`);
      if (call.app.store.state.haResources[sid])
        throw failure(`resource ID '${sid}' already defined`);
      save(call.app, call.app.store.state.haResources, sid, call.params, ['sid', 'type']);
      return null;
    },
  },
  {
    method: 'GET',
    path: '/cluster/ha/resources/{sid}',
    name: 'ha_read',
    description: 'Read resource configuration.',
    returns: 'object',
    permissions: AUDIT,
    params: { sid: sidParam },
    handler: (call) => haRow(call.app, sidOf(call)),
  },
  {
    method: 'PUT',
    path: '/cluster/ha/resources/{sid}',
    name: 'ha_update',
    description: 'Update resource configuration.',
    returns: 'null',
    permissions: CONSOLE,
    protected: true,
    params: {
      ...haParams,
      sid: sidParam,
      delete: optionalText('A list of settings you want to delete.', {
        format: 'pve-configid-list',
      }),
    },
    handler: (call) => {
      haRow(call.app, sidOf(call));
      save(call.app, call.app.store.state.haResources, sidOf(call), call.params, ['sid']);
      return null;
    },
  },
  {
    method: 'DELETE',
    path: '/cluster/ha/resources/{sid}',
    name: 'ha_delete',
    description: 'Delete resource configuration.',
    returns: 'null',
    permissions: CONSOLE,
    protected: true,
    params: { sid: sidParam, purge: flag('Remove this resource from rules that reference it.', 1) },
    handler: (call) => {
      haRow(call.app, sidOf(call));
      delete call.app.store.state.haResources[sidOf(call)];
      call.app.store.touch();
      return null;
    },
  },
];
