import type { Bench } from '../../plugins/sandbox/test/helper.ts';
import type { Row } from './rows.ts';

async function managed(bench: Bench): Promise<void> {
  await bench.post('/cluster/ha/resources', { sid: 'vm:101', state: 'stopped' });
}

/** Everything else of a server. */
export const serverRows: readonly Row[] = [
  { command: 'pool:create', call: () => ['pool', 'create', 'made', '--comment', 'Made'] },
  { command: 'pool:add', call: () => ['pool', 'add', 'lab', 'web-01'] },
  {
    command: 'pool:remove',
    arrange: async (bench) => void (await bench.put('/pools/lab', { vms: '101' })),
    call: () => ['pool', 'remove', 'lab', 'web-01'],
  },
  {
    command: 'pool:delete',
    arrange: async (bench) => void (await bench.put('/pools/lab', { vms: '101' })),
    call: () => ['pool', 'delete', 'lab', '--remove-members', '--yes'],
  },
  { command: 'api:post', call: () => ['api', 'post', '/pools', 'poolid=made'], unknowable: true },
  {
    command: 'api:put',
    call: () => ['api', 'put', '/pools/lab', 'comment=changed'],
    unknowable: true,
  },
  { command: 'api:delete', call: () => ['api', 'delete', '/pools/lab', '--yes'] },
  { command: 'access:user:create', call: () => ['access', 'user', 'create', 'eve@pve'] },
  { command: 'access:user:set', call: () => ['access', 'user', 'set', 'ann@pve', '--disable'] },
  { command: 'access:user:delete', call: () => ['access', 'user', 'delete', 'ann@pve', '--yes'] },
  { command: 'access:group:create', call: () => ['access', 'group', 'create', 'others'] },
  { command: 'access:group:delete', call: () => ['access', 'group', 'delete', 'ops', '--yes'] },
  {
    command: 'access:role:create',
    call: () => ['access', 'role', 'create', 'Other', '--privilege', 'VM.Audit'],
  },
  {
    command: 'access:role:set',
    call: () => ['access', 'role', 'set', 'Watcher', '--add', 'VM.Console'],
  },
  { command: 'access:role:delete', call: () => ['access', 'role', 'delete', 'Spare', '--yes'] },
  {
    command: 'access:acl:set',
    call: () => ['access', 'acl', 'set', '/vms/101', '--role', 'PVEVMUser', '--user', 'ann@pve'],
  },
  {
    command: 'access:acl:remove',
    call: () => ['access', 'acl', 'remove', '/vms', '--role', 'Watcher', '--group', 'ops'],
  },
  {
    command: 'access:token:create',
    call: () => ['access', 'token', 'create', 'ann@pve!other'],
    secret: true,
  },
  {
    command: 'access:token:delete',
    call: () => ['access', 'token', 'delete', 'ann@pve!t1', '--yes'],
  },
  {
    command: 'auth:role',
    call: () => ['auth', 'role', '--for', 'vm stop running', '--user', 'ann@pve', '--apply'],
  },
  { command: 'ha:add', call: () => ['ha', 'add', 'web-01', '--state', 'stopped'] },
  {
    command: 'ha:set',
    arrange: managed,
    call: () => ['ha', 'set', 'web-01', '--max-relocate', '2'],
  },
  { command: 'ha:remove', arrange: managed, call: () => ['ha', 'remove', 'web-01'] },
  {
    command: 'storage:upload',
    call: () => ['storage', 'upload', 'image.qcow2', '--storage', 'local', '--node', 'pve1'],
  },
  {
    command: 'storage:delete',
    call: () => [
      'storage',
      'delete',
      'local:vztmpl/empty_1_amd64.tar.zst',
      '--node',
      'pve1',
      '--yes',
    ],
  },
  {
    command: 'backup:job:create',
    call: () => {
      const which = ['--schedule', 'sun 02:00', '--all', '--storage', 'local'];
      return ['backup', 'job', 'create', 'weekly', ...which];
    },
  },
  {
    command: 'backup:job:set',
    call: () => ['backup', 'job', 'set', 'nightly', '--all', '--keep-last', '3'],
  },
  { command: 'backup:job:enable', call: () => ['backup', 'job', 'enable', 'nightly'] },
  { command: 'backup:job:delete', call: () => ['backup', 'job', 'delete', 'nightly', '--yes'] },
  { command: 'backup:job:run', call: () => ['backup', 'job', 'run', 'nightly'] },
  { command: 'backup:create', call: () => ['backup', 'create', 'web-01', '--storage', 'local'] },
];
