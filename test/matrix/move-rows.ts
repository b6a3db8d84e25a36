import type { Bench } from '../../plugins/sandbox/test/helper.ts';
import type { Row } from './rows.ts';

async function backUp(bench: Bench, vmid: number): Promise<void> {
  await bench.ok(bench.post('/nodes/pve1/vzdump', { vmid, storage: 'local' }));
}

/** On storage that both nodes see, so that nothing blocks its way and nothing is copied. */
async function movable(bench: Bench, vmid: number, name: string): Promise<void> {
  const settings = { vmid, name, memory: 128, scsi0: 'shared:1' };
  await bench.ok(bench.post('/nodes/pve1/qemu', settings));
}

/** With a disk that goes over the network, and stands for itself: a linked clone comes back as a full one. */
async function copied(bench: Bench): Promise<void> {
  const settings = { vmid: 110, name: 'mover', memory: 128, scsi0: 'local:1' };
  await bench.ok(bench.post('/nodes/pve1/qemu', settings));
}

/** Copies of guests, and guests that go elsewhere. */
export const moveRows: readonly Row[] = [
  { command: 'vm:clone', call: () => ['vm', 'clone', 'base', 'copy', '--linked'] },
  { command: 'ct:clone', call: () => ['ct', 'clone', 'proxy', 'copy'] },
  {
    command: 'vm:migrate',
    arrange: copied,
    call: () => ['vm', 'migrate', 'mover', '--to', 'pve2', '--with-local-disks'],
  },
  {
    command: 'vm:migrate',
    title: 'while it runs',
    arrange: async (bench) => {
      await copied(bench);
      await bench.ok(bench.post('/nodes/pve1/qemu/110/status/start'));
    },
    call: () => ['vm', 'migrate', 'mover', '--to', 'pve2', '--with-local-disks', '--online'],
  },
  { command: 'ct:migrate', call: () => ['ct', 'migrate', 'proxy', '--to', 'pve2'] },
  {
    command: 'backup:restore',
    arrange: (bench) => backUp(bench, 101),
    call: () => ['backup', 'restore', 'web-01', '--name', 'copy', '--storage', 'local'],
  },
  {
    command: 'backup:restore',
    title: 'a container over itself',
    arrange: async (bench) => {
      await backUp(bench, 190);
      await bench.put('/nodes/pve1/lxc/190/config', { memory: 256 });
    },
    call: () => ['backup', 'restore', 'proxy', '--vmid', '190', '--force', '--yes'],
  },
  {
    command: 'node:drain',
    arrange: async (bench) => {
      await movable(bench, 110, 'one');
      await movable(bench, 111, 'two');
      await bench.ok(bench.post('/nodes/pve1/qemu/111/status/start'));
    },
    call: () => ['node', 'drain', 'pve1', '--skip-blocked', '--yes'],
  },
];
