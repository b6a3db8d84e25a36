import type { Vm, VmConfig } from '../state/model.js';
import { parseSize } from '../storage/disk-format.js';
import { memoryBytes, numberOf } from '../qemu/vms.js';
import { parseMountPoint } from './mount-points.js';
import { parseNet } from './net.js';

type Row = Record<string, unknown>;

/** A container without a limit sees every core of its node. */
const NODE_CORES = 16;
const MIB = 1024 ** 2;

function uptime(container: Vm): number {
  return container.guest ? Math.floor((Date.now() - container.guest.startedAt) / 1000) : 0;
}

function rootBytes(config: VmConfig): number {
  const text = config['rootfs'];
  const size = text === undefined ? undefined : parseMountPoint('rootfs', String(text))['size'];
  return size === undefined ? 0 : parseSize(String(size));
}

/** The row of a container; the figures follow from its configuration and its uptime. */
export function containerRow(container: Vm): Row {
  const { config, guest } = container;
  const seconds = uptime(container);
  const memory = memoryBytes(config);
  const traffic = guest ? seconds * 70 : 0;
  return {
    vmid: container.vmid,
    type: 'lxc',
    name: config['hostname'] ?? `CT${container.vmid}`,
    status: guest ? 'running' : 'stopped',
    ...(config['tags'] === undefined ? {} : { tags: config['tags'] }),
    ...(config['template'] === 1 ? { template: 1 } : {}),
    ...(config['lock'] === undefined ? {} : { lock: config['lock'] }),
    ...(guest ? { pid: guest.pid } : {}),
    uptime: seconds,
    cpus: numberOf(config, 'cores', NODE_CORES),
    cpu:
      guest && !guest.paused
        ? 0.002 + 0.004 * Math.abs(Math.sin(container.vmid + seconds / 60))
        : 0,
    mem: guest ? Math.floor(memory * 0.12) : 0,
    maxmem: memory,
    swap: 0,
    maxswap: numberOf(config, 'swap', 512) * MIB,
    disk: guest ? Math.floor(rootBytes(config) * 0.06) : 0,
    maxdisk: rootBytes(config),
    diskread: guest ? seconds * 512 : 0,
    diskwrite: guest ? seconds * 256 : 0,
    netin: traffic,
    netout: traffic,
    ...(guest
      ? {
          pressurecpufull: 0,
          pressurecpusome: 0,
          pressureiofull: 0,
          pressureiosome: 0,
          pressurememoryfull: 0,
          pressurememorysome: 0,
        }
      : {}),
  };
}

/** GET …/status/current. */
export function containerStatus(container: Vm, managed: boolean): Row {
  return { ...containerRow(container), ha: { managed: managed ? 1 : 0 } };
}

/** A container's row in cluster/resources. */
export function containerResourceRow(container: Vm): Row {
  const { cpus, pid: _pid, swap: _swap, maxswap: _maxswap, ...row } = containerRow(container);
  const shown = Object.entries(row).filter(([key]) => !key.startsWith('pressure'));
  return {
    ...Object.fromEntries(shown),
    id: `lxc/${container.vmid}`,
    node: container.node,
    maxcpu: cpus,
    template: container.config['template'] === 1 ? 1 : 0,
  };
}

/** The network cards that a running container has; nothing when it is off. */
export function interfaces(container: Vm): Row[] | null {
  if (!container.guest) return null;
  const row = (name: string, hwaddr: string, addresses: [4 | 6, string][]): Row => {
    const of = (version: 4 | 6): string | undefined =>
      addresses.find(([kind]) => kind === version)?.[1];
    return {
      name,
      hwaddr,
      'hardware-address': hwaddr,
      ...(of(4) === undefined ? {} : { inet: of(4) }),
      ...(of(6) === undefined ? {} : { inet6: of(6) }),
      'ip-addresses': addresses.map(([version, address]) => ({
        'ip-address': address.split('/')[0],
        'ip-address-type': version === 4 ? 'inet' : 'inet6',
        prefix: address.split('/')[1],
      })),
    };
  };
  const cards = Object.keys(container.config)
    .filter((key) => /^net\d+$/.test(key))
    .sort()
    .map((key) => {
      const net = parseNet(String(container.config[key]));
      const number = Number(key.slice(3));
      const four = net['ip'] === 'dhcp' ? leased(container.vmid, number) : net['ip'];
      const addresses: [4 | 6, string][] = [];
      if (typeof four === 'string' && four.includes('/')) addresses.push([4, four]);
      if (typeof net['ip6'] === 'string' && net['ip6'].includes('/'))
        addresses.push([6, net['ip6']]);
      return row(String(net['name']), String(net['hwaddr']).toLowerCase(), addresses);
    });
  return [
    row('lo', '00:00:00:00:00:00', [
      [4, '127.0.0.1/8'],
      [6, '::1/128'],
    ]),
    ...cards,
  ];
}

/** What a DHCP server on the bridge would have given. */
function leased(vmid: number, card: number): string {
  return `10.99.${1 + (vmid % 200)}.${10 + card}/16`;
}
