import type { Bench } from '../../plugins/sandbox/test/helper.ts';
import type { Row } from './rows.ts';

/** Devices that the world does not have. */
function withSettings(guest: string, settings: Record<string, string>) {
  return async (bench: Bench): Promise<void> => {
    const [type] = guest.split('/');
    // Only a VM does it in a task.
    if (type === 'qemu') await bench.ok(bench.post(`/nodes/pve1/${guest}/config`, settings));
    else await bench.put(`/nodes/pve1/${guest}/config`, settings);
  };
}

/** Disks and network devices. */
export const hardwareRows: readonly Row[] = [
  { command: 'vm:resize', call: () => ['vm', 'resize', 'web-01', '+64M', '--yes'] },
  { command: 'vm:disk:resize', call: () => ['vm', 'disk', 'resize', 'running', 'scsi0', '1G'] },
  { command: 'vm:disk:add', call: () => ['vm', 'disk', 'add', 'web-01', '--size', '1G', '--ssd'] },
  {
    command: 'vm:disk:move',
    // One that stands for itself: a linked clone comes back as a full one.
    arrange: withSettings('qemu/101', { scsi1: 'local:1' }),
    call: () => ['vm', 'disk', 'move', 'web-01', 'scsi1', '--storage', 'shared'],
  },
  {
    command: 'vm:disk:detach',
    arrange: withSettings('qemu/101', { scsi1: 'local:1' }),
    call: () => ['vm', 'disk', 'detach', 'web-01', 'scsi1'],
  },
  {
    command: 'vm:disk:remove',
    arrange: withSettings('qemu/101', { scsi1: 'local:1' }),
    call: () => ['vm', 'disk', 'remove', 'web-01', 'scsi1', '--yes'],
  },
  {
    command: 'vm:nic:add',
    call: () => ['vm', 'nic', 'add', 'web-01', '--bridge', 'vmbr0', '--vlan', '5'],
  },
  {
    command: 'vm:nic:set',
    arrange: withSettings('qemu/101', { net1: 'virtio,bridge=vmbr0' }),
    call: () => ['vm', 'nic', 'set', 'web-01', 'net1', '--link-down'],
  },
  {
    command: 'vm:nic:remove',
    arrange: withSettings('qemu/101', { net1: 'virtio,bridge=vmbr0' }),
    call: () => ['vm', 'nic', 'remove', 'web-01', 'net1'],
  },
  { command: 'ct:resize', call: () => ['ct', 'resize', 'proxy', '+1G'] },
  { command: 'ct:disk:resize', call: () => ['ct', 'disk', 'resize', 'cache', 'rootfs', '1G'] },
  {
    command: 'ct:disk:add',
    call: () => ['ct', 'disk', 'add', 'proxy', '--size', '1G', '--path', '/data'],
  },
  {
    command: 'ct:disk:move',
    call: () => ['ct', 'disk', 'move', 'proxy', 'rootfs', '--storage', 'local'],
  },
  {
    command: 'ct:disk:detach',
    arrange: withSettings('lxc/190', { mp0: 'thin:1,mp=/data' }),
    call: () => ['ct', 'disk', 'detach', 'proxy', 'mp0'],
  },
  {
    command: 'ct:disk:remove',
    arrange: withSettings('lxc/190', { mp0: 'thin:1,mp=/data' }),
    call: () => ['ct', 'disk', 'remove', 'proxy', 'mp0', '--yes'],
  },
  {
    command: 'ct:nic:add',
    call: () => ['ct', 'nic', 'add', 'proxy', '--bridge', 'vmbr0', '--ip', 'dhcp'],
  },
  {
    command: 'ct:nic:set',
    arrange: withSettings('lxc/190', { net0: 'name=eth0,bridge=vmbr0,ip=dhcp' }),
    call: () => ['ct', 'nic', 'set', 'proxy', 'net0', '--firewall'],
  },
  {
    command: 'ct:nic:remove',
    arrange: withSettings('lxc/190', { net0: 'name=eth0,bridge=vmbr0,ip=dhcp' }),
    call: () => ['ct', 'nic', 'remove', 'proxy', 'net0'],
  },
];
