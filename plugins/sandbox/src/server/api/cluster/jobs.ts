import type { App } from '../../app.js';
import { failure, parameterError } from '../../errors.js';
import type { SectionRow } from '../../state/model.js';
import { define, index } from '../declare.js';
import { splitList } from '../params.js';
import { sectionRoutes, sectionRows } from '../sections.js';
import { clusterJobsTable as table } from '../tables/cluster-jobs.js';
import type { Call, Route } from '../types.js';

const backupRoutes = sectionRoutes({
  table,
  path: '/cluster/backup',
  id: 'id',
  noun: 'vzdump backup job',
  rows: (state) => state.backupJobs,
  idOf: ({ app, params }) =>
    params.optionalString('id') ??
    `backup-${app.random.bytes('job', 6).toString('hex').replace(/^.{8}/, '$&-')}`,
  missing: (id) => `no such job '${id}'`,
  exists: (id) => `Job '${id}' already exists`,
  check: (call, _id, old) => checkJob(call, old),
  show: (id, row) => ({ id, type: 'vzdump', ...row, ...retentionOf(row) }),
});

/** Options that say which guests rule each other out; a new choice takes the place of the old one. */
function checkJob({ params }: Call, old: SectionRow | undefined): SectionRow {
  const chooses = ['vmid', 'pool', 'exclude'].some((name) => params.has(name));
  if (params.has('vmid'))
    for (const name of ['all', 'exclude', 'pool'])
      if (name === 'all' ? params.flag('all') : params.has(name))
        throw parameterError({ [name]: "option conflicts with option 'vmid'" });
  if (!old && !chooses && !params.flag('all'))
    throw parameterError({ vmid: 'property is missing' });
  if (old) {
    const others = params.has('vmid')
      ? ['all', 'exclude', 'pool']
      : params.flag('all')
        ? ['vmid', 'pool']
        : params.has('pool')
          ? ['vmid', 'all', 'exclude']
          : [];
    for (const name of others) delete old[name];
  }
  return {
    ...(!old && !params.has('enabled') && { enabled: 1 }),
    ...(params.has('exclude') && !params.has('pool') && { all: 1 }),
  };
}

/** It is written as text and read in parts. */
function retentionOf(row: SectionRow): Record<string, unknown> {
  const keep = row['prune-backups'];
  if (keep === undefined) return {};
  const parts = splitList(String(keep)).map((part) => part.split('='));
  return {
    'prune-backups': Object.fromEntries(parts.map(([name, value]) => [name, Number(value)])),
  };
}

const guestOf = (id: string): number => Number(id.split('-')[0]);

const replicationRoutes = sectionRoutes({
  table,
  path: '/cluster/replication',
  id: 'id',
  noun: 'replication job',
  rows: (state) => state.replication,
  missing: (id) => `no such replication job '${id}'`,
  exists: (id) => `replication job '${id}' already exists`,
  check: ({ app, user }, id, old) => {
    const guest = guestOf(id);
    app.acl.check(user, `/vms/${guest}`, ['VM.Replicate']);
    if (old) return undefined;
    const vm = app.vms.find(guest);
    if (!vm) throw failure(`guest '${guest}' does not exist`);
    return { guest, jobnum: Number(id.split('-')[1]), source: vm.node };
  },
  visible: ({ app, user }, id) => app.acl.has(user, `/vms/${guestOf(id)}`, ['VM.Audit']),
}).map((route) => guarded(route));

/** These say `user: all` and look for the right on the guest themselves. */
function guarded(route: Route): Route {
  if (!route.path.includes('{id}') || route.method === 'PUT') return route;
  const privilege = route.method === 'GET' ? 'VM.Audit' : 'VM.Replicate';
  const handler = (call: Call): unknown => {
    call.app.acl.check(call.user, `/vms/${guestOf(call.params.string('id'))}`, [privilege]);
    return route.handler(call);
  };
  return { ...route, handler };
}

const realmSyncRoutes = sectionRoutes({
  table,
  path: '/cluster/jobs/realm-sync',
  id: 'id',
  noun: 'realm sync job',
  rows: sectionRows('realm-sync'),
  createdAtItsPath: true,
  missing: (id) => `no such job '${id}'`,
  exists: (id) => `Job '${id}' already exists`,
  check: ({ params }, _id, old) => (old || params.has('enabled') ? undefined : { enabled: 1 }),
});

/** Does a backup job that is switched on take this VM with it? */
function covers(app: App, job: SectionRow, vmid: number): boolean {
  if (job['enabled'] === 0) return false;
  const numbers = (name: string): number[] => splitList(String(job[name] ?? '')).map(Number);
  if (job['all'] === 1) return !numbers('exclude').includes(vmid);
  if (job['pool'] !== undefined) return app.vms.poolOf(vmid) === job['pool'];
  return numbers('vmid').includes(vmid);
}

function notBackedUp({ app }: Call): unknown[] {
  const jobs = Object.values(app.store.state.backupJobs);
  return app.vms
    .all()
    .filter(({ vmid }) => !jobs.some((job) => covers(app, job, vmid)))
    .map(({ vmid, config }) => ({
      vmid,
      type: 'qemu',
      ...(config['name'] === undefined ? {} : { name: config['name'] }),
    }));
}

/** Jobs of the cluster: backups, replication, synchronising of realms. */
export const jobRoutes: Route[] = [
  ...backupRoutes,
  ...replicationRoutes,
  ...realmSyncRoutes,
  ...define(table, {
    'GET /cluster/jobs': index('subdir', 'schedule-analyze realm-sync'),
    'GET /cluster/backup-info': index('subdir', 'not-backed-up'),
    'GET /cluster/backup-info/not-backed-up': [
      'Shows all guests which are not covered by any backup job.',
      notBackedUp,
    ],
  }),
];
