import type { Bench } from '../../plugins/sandbox/test/helper.ts';
import type { Row } from './rows.ts';

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

/** Guests and templates. */
export const guestRows: readonly Row[] = [
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
  { command: 'template:backup', call: () => ['template', 'backup', 'lonely'] },
  {
    command: 'template:restore',
    // That is `lonely`.
    arrange: async (bench) =>
      bench.ok(bench.post('/nodes/pve2/vzdump', { vmid: 103, storage: 'local' })),
    call: () => ['template', 'restore', '103', '--name', 'again'],
  },
  { command: 'template:clone', call: () => ['template', 'clone', 'lonely', 'copy'] },
  { command: 'template:promote', call: () => ['template', 'promote', 'versioned@1'] },
  { command: 'template:rollback', call: () => ['template', 'rollback', 'versioned'] },
  {
    command: 'template:prune',
    call: () => ['template', 'prune', 'versioned', '--keep', '1', '--yes'],
  },
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
  { command: 'vm:set', call: () => ['vm', 'set', 'web-01', '--memory', '1G', '--cores', '2'] },
  { command: 'vm:rename', call: () => ['vm', 'rename', 'web-01', 'web-09'] },
  { command: 'vm:tag', call: () => ['vm', 'tag', 'web-01', '+prod'] },
  { command: 'vm:reboot', call: () => ['vm', 'reboot', 'running'], still: true },
  { command: 'vm:reset', call: () => ['vm', 'reset', 'running'], still: true },
  { command: 'vm:suspend', call: () => ['vm', 'suspend', 'running'] },
  {
    command: 'vm:resume',
    arrange: async (bench) => bench.ok(bench.post('/nodes/pve1/qemu/102/status/suspend')),
    call: () => ['vm', 'resume', 'running'],
  },
  { command: 'vm:backup', call: () => ['vm', 'backup', 'web-01', '--storage', 'local'] },
  { command: 'ct:backup', call: () => ['ct', 'backup', 'proxy', '--storage', 'local'] },
  { command: 'ct:set', call: () => ['ct', 'set', 'proxy', '--memory', '1G'] },
  { command: 'ct:rename', call: () => ['ct', 'rename', 'proxy', 'edge'] },
  { command: 'ct:tag', call: () => ['ct', 'tag', 'proxy', '+web'] },
  { command: 'ct:reboot', call: () => ['ct', 'reboot', 'cache'], still: true },
  { command: 'ct:delete', call: () => ['ct', 'delete', 'proxy', '--yes'] },
  { command: 'apply', call: () => ['apply', '-f', 'apply.yaml'] },
  { command: 'delete', call: () => ['delete', '-f', 'delete.yaml', '--yes'] },
];
