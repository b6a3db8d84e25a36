import type { App } from '../../app.js';
import { failure } from '../../errors.js';
import type { Record_ } from '../../state/model.js';
import { define, index } from '../declare.js';
import { nodeReplicationTable as table } from '../tables/node-replication.js';
import { Extended } from '../types.js';
import type { Call, Route } from '../types.js';

/** A job with its state; in the sandbox none has run yet. */
function row(id: string, job: Record_): Record<string, unknown> {
  return { id, vmtype: 'qemu', ...job, last_sync: 0, last_try: 0, fail_count: 0 };
}

function jobsOn(app: App, node: string): [string, Record_][] {
  return Object.entries(app.store.state.replication).filter(([, job]) => job['source'] === node);
}

function list({ app, user, params }: Call): unknown[] {
  const guest = params.optionalNumber('guest');
  return jobsOn(app, params.string('node'))
    .filter(([, job]) => guest === undefined || job['guest'] === guest)
    .filter(([, job]) => app.acl.has(user, `/vms/${String(job['guest'])}`, ['VM.Audit']))
    .map(([id, job]) => row(id, job));
}

function jobOf({ app, user, params }: Call): Record<string, unknown> {
  const id = params.string('id');
  const job = jobsOn(app, params.string('node')).find(([name]) => name === id)?.[1];
  app.acl.check(user, `/vms/${id.split('-')[0]}`, ['VM.Audit']);
  if (!job) throw failure(`replication job '${id}' does not exist`);
  return row(id, job);
}

export const nodeReplicationRoutes: Route[] = define(table, {
  'GET /nodes/{node}/replication': ['List status of all replication jobs on this node.', list],
  'GET /nodes/{node}/replication/{id}': index('name', 'schedule_now log status'),
  'GET /nodes/{node}/replication/{id}/status': ['Get replication job status.', jobOf],
  'GET /nodes/{node}/replication/{id}/log': [
    'Read replication job log.',
    (call) => {
      jobOf(call);
      return new Extended([{ n: 1, t: 'unable to open file - No such file or directory' }], {
        total: 1,
      });
    },
  ],
});
