import type { Bench } from '../../plugins/sandbox/test/helper.ts';
import type { Stage } from './stage.ts';

/** How one changing command is called in the world of `world.ts`. */
export interface Row {
  /** Id in the manifest. */
  command: string;
  /** Tells rows of the same command apart. */
  title?: string;
  call(stage: Stage): string[];
  /** For standard input. */
  input?: string;
  /** What has to be there besides the world. */
  arrange?(bench: Bench): Promise<void>;
  /** A step needs a secret, which no journal holds: instead of going on it is begun anew. */
  secret?: true;
  /** Nobody can find out whether a request without an answer was carried out; then pmx has to say so. */
  unknowable?: true;
}

function snapshot(guest: string, ...names: string[]) {
  return async (bench: Bench): Promise<void> => {
    for (const snapname of names)
      await bench.ok(bench.post(`/nodes/pve1/${guest}/snapshot`, { snapname }));
  };
}

/** Going back to a snapshot has to change something. */
function snapshotAndChange(guest: string) {
  return async (bench: Bench): Promise<void> => {
    await snapshot(guest, 'before')(bench);
    await bench.put(`/nodes/pve1/${guest}/config`, { memory: 256 });
  };
}

export const rows: readonly Row[] = [
  {
    command: 'vm:create',
    call: () => ['vm', 'create', 'new', '--template', 'base', '--disk', '+64M', '--start'],
  },
  {
    command: 'vm:create',
    title: 'with files of its own, waiting for an address',
    call: () => [
      ...['vm', 'create', 'new', '--template', 'base', '--user-data', 'web.yaml'],
      ...['--memory', '256', '--wait', 'ip', '--start'],
    ],
  },
  { command: 'vm:start', call: () => ['vm', 'start', 'web-01'] },
  { command: 'vm:stop', call: () => ['vm', 'stop', 'running'] },
  { command: 'vm:shutdown', call: () => ['vm', 'shutdown', 'running'] },
  { command: 'vm:delete', call: () => ['vm', 'delete', 'web-01', '--yes'] },
  {
    command: 'vm:delete',
    title: 'one that runs',
    call: () => ['vm', 'delete', 'running', '--stop', '--yes'],
  },
  { command: 'ct:start', call: () => ['ct', 'start', 'proxy'] },
  { command: 'ct:stop', call: () => ['ct', 'stop', 'cache'] },
  { command: 'ct:shutdown', call: () => ['ct', 'shutdown', 'cache'] },
  {
    command: 'template:create',
    call: () => ['template', 'create', '--image', 'image.qcow2', '--name', 'made'],
  },
  { command: 'template:delete', call: () => ['template', 'delete', 'lonely', '--yes'] },
  {
    command: 'ct:create',
    call: () => [
      ...['ct', 'create', 'made', '--template', 'empty', '--node', 'pve1'],
      ...['--storage', 'thin', '--rootfs', '1G', '--start'],
    ],
  },
  {
    command: 'ct:snapshot:create',
    call: () => ['ct', 'snapshot', 'create', 'proxy', '--name', 'made'],
  },
  {
    command: 'ct:snapshot:delete',
    arrange: snapshot('lxc/190', 'before'),
    call: () => ['ct', 'snapshot', 'delete', 'proxy', 'before', '--yes'],
  },
  {
    command: 'ct:snapshot:rollback',
    arrange: snapshotAndChange('lxc/190'),
    call: () => ['ct', 'snapshot', 'rollback', 'proxy', 'before', '--yes'],
  },
  {
    command: 'ct:snapshot:prune',
    arrange: snapshot('lxc/190', 'one', 'two'),
    call: () => ['ct', 'snapshot', 'prune', 'proxy', '--keep', '0', '--yes'],
  },
  {
    command: 'vm:snapshot:create',
    call: () => ['vm', 'snapshot', 'create', 'web-01', '--name', 'made'],
  },
  {
    command: 'vm:snapshot:create',
    title: 'with the memory of one that runs',
    call: () => ['vm', 'snapshot', 'create', 'running', '--name', 'made', '--vmstate'],
  },
  {
    command: 'vm:snapshot:delete',
    arrange: snapshot('qemu/101', 'before'),
    call: () => ['vm', 'snapshot', 'delete', 'web-01', 'before', '--yes'],
  },
  {
    command: 'vm:snapshot:rollback',
    arrange: snapshotAndChange('qemu/101'),
    call: () => ['vm', 'snapshot', 'rollback', 'web-01', 'before', '--yes'],
  },
  {
    command: 'vm:snapshot:prune',
    arrange: snapshot('qemu/101', 'one', 'two'),
    call: () => ['vm', 'snapshot', 'prune', 'web-01', '--keep', '0', '--yes'],
  },
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
];

/** Changing commands without a row, and why. */
export const exceptions: Readonly<Record<string, string>> = {
  ...excepted('Changes a file of this machine at one go: unit tests of lib/config/write.', [
    'config:edit',
    'config:import',
    'config:migrate',
    'config:reset',
    'config:restore',
    'config:set',
    'config:unset',
    'context:add',
    'context:copy',
    'context:import',
    'context:remove',
    'context:rename',
    'context:use',
  ]),
  ...excepted('Secrets of this machine: test/e2e/config.e2e.test.ts.', [
    'config:decrypt',
    'config:encrypt',
  ]),
  ...excepted('Is what the cells of all others end with.', ['op:resume', 'op:rollback']),
  ...excepted('Needs a terminal, and leaves nothing: test/e2e/reach/console.e2e.test.ts.', [
    'ct:console',
    'vm:console',
  ]),
  ...excepted('Starts and steers the sandbox itself, on which the matrix runs.', [
    'sandbox:fault:add',
    'sandbox:fault:clear',
    'sandbox:record',
    'sandbox:reset',
    'sandbox:start',
    'sandbox:stop',
  ]),
};

function excepted(why: string, commands: readonly string[]): Record<string, string> {
  return Object.fromEntries(commands.map((command) => [command, why]));
}
