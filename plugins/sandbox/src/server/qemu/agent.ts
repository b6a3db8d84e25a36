import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.js';
import { failure } from '../errors.js';
import type { PveError } from '../errors.js';
import type { Vm } from '../state/model.js';
import { parseSize } from '../storage/disk-format.js';
import { netNumbers, parseIpConfig } from './cloudinit.js';
import { agentZone, guestHostName, guestTime, KERNEL } from './guest/inside.js';
import { parseNet } from './net.js';
import { snapshotDisks } from './snapshot-volumes.js';
import { agentEnabled, cpuCount, memoryBytes } from './vms.js';

/** The agent's commands, in its own order. */
const COMMANDS = (
  'guest-get-cpustats guest-get-diskstats guest-ssh-remove-authorized-keys guest-ssh-add-authorized-keys ' +
  'guest-ssh-get-authorized-keys guest-get-devices guest-get-osinfo guest-get-timezone guest-get-users ' +
  'guest-get-host-name guest-exec guest-exec-status guest-get-memory-block-info guest-set-memory-blocks ' +
  'guest-get-memory-blocks guest-set-user-password guest-get-fsinfo guest-get-disks guest-set-vcpus ' +
  'guest-get-vcpus guest-network-get-interfaces guest-suspend-hybrid guest-suspend-ram guest-suspend-disk ' +
  'guest-fstrim guest-fsfreeze-thaw guest-fsfreeze-freeze-list guest-fsfreeze-freeze guest-fsfreeze-status ' +
  'guest-file-flush guest-file-seek guest-file-write guest-file-read guest-file-close guest-file-open ' +
  'guest-shutdown guest-info guest-set-time guest-get-time guest-ping guest-sync guest-sync-delimited'
).split(' ');
/** Commands after which nobody is left to answer. */
const SILENT = /^guest-(?:suspend-\w+|shutdown)$/;
/** What works while the file systems are frozen. */
const WHILE_FROZEN = /^(?:ping|info|fsfreeze-(?:status|thaw|freeze))$/;
const MEMORY_BLOCK = 128 * 1024 * 1024;

/** Does the agent answer at once? */
export function agentRuns(vm: Vm): boolean {
  return (
    vm.guest !== undefined &&
    agentEnabled(vm.config) &&
    !vm.guest.paused &&
    vm.guest.agentAt <= Date.now()
  );
}

/** An error that the agent itself reports. */
export function agentError(text: string): PveError {
  return failure(`Agent error: ${text}`);
}

/** While the file systems are frozen, nothing else may write to them. */
export function checkNotFrozen(vm: Vm, command: string): void {
  if (vm.guest?.frozen && !WHILE_FROZEN.test(command))
    throw agentError(`Command guest-${command} has been disabled: the agent is in frozen state`);
}

/** Waits for the agent as PVE does and throws its errors. */
export async function requireAgent(app: App, vm: Vm): Promise<void> {
  if (!vm.guest) throw failure(`VM ${vm.vmid} is not running`);
  if (!agentEnabled(vm.config)) throw failure('No QEMU guest agent configured');
  const { agentAt, paused } = vm.guest;
  const wait = agentAt - Date.now();
  if (!paused && wait <= 0) return;
  // Observed: a call to an agent that is not there blocks for three seconds; one that comes up meanwhile answers.
  await sleep(
    paused ? app.settings.agentTimeoutMillis : Math.min(wait, app.settings.agentTimeoutMillis),
    undefined,
    { ref: false },
  );
  if (!vm.guest || vm.guest.paused || vm.guest.agentAt > Date.now())
    throw failure('QEMU guest agent is not running');
}

/** An address as a DHCP server might give it: always the same for the same network card. */
function leasedAddress(mac: string): string {
  const bytes = mac.split(':').map((byte) => parseInt(byte, 16));
  const [, , , fourth = 0, fifth = 0, sixth = 0] = bytes;
  return `10.${fourth}.${fifth}.${Math.min(254, Math.max(2, sixth))}`;
}

function linkLocal(mac: string): string {
  const bytes = mac.split(':').map((byte) => parseInt(byte, 16));
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0] = bytes;
  const group = (high: number, low: number): string => ((high << 8) | low).toString(16);
  return `fe80::${group(first ^ 2, second)}:${group(third, 0xff)}:${group(0xfe, fourth)}:${group(fifth, sixth)}`;
}

function statistics(vm: Vm): Record<string, number> {
  const seconds = vm.guest ? Math.floor((Date.now() - vm.guest.startedAt) / 1000) : 0;
  return {
    'rx-bytes': 2119 + seconds * 70,
    'rx-packets': 21 + seconds,
    'rx-errs': 0,
    'rx-dropped': 0,
    'tx-bytes': 5791 + seconds * 70,
    'tx-packets': 75 + seconds,
    'tx-errs': 0,
    'tx-dropped': 0,
  };
}

function interfaces(vm: Vm): unknown[] {
  const address = (ip: string, prefix: number | string): unknown => ({
    'ip-address': ip,
    'ip-address-type': ip.includes(':') ? 'ipv6' : 'ipv4',
    prefix: Number(prefix),
  });
  const rows: unknown[] = [
    {
      name: 'lo',
      'hardware-address': '00:00:00:00:00:00',
      'ip-addresses': [address('127.0.0.1', 8), address('::1', 128)],
      statistics: statistics(vm),
    },
  ];
  for (const number of netNumbers(vm.config)) {
    const mac = String(parseNet(String(vm.config[`net${number}`]))['macaddr'] ?? '').toLowerCase();
    const ip = parseIpConfig(String(vm.config[`ipconfig${number}`] ?? ''));
    const own: unknown[] = [];
    for (const text of [ip.ip, ip.ip6]) {
      const [host, prefix] = (text ?? '').split('/');
      if (host !== undefined && prefix !== undefined) own.push(address(host, prefix));
    }
    // A card without a fixed address asks a DHCP server; cloud images do so by themselves.
    if (ip.ip === undefined || ip.ip === 'dhcp') own.unshift(address(leasedAddress(mac), 8));
    own.push(address(linkLocal(mac), 64));
    rows.push({
      name: `eth${number}`,
      'hardware-address': mac,
      'ip-addresses': own,
      statistics: statistics(vm),
    });
  }
  return rows;
}

function osInfo(vm: Vm): unknown {
  const windows = /^w/.test(String(vm.config['ostype'] ?? ''));
  if (windows)
    return {
      id: 'mswindows',
      name: 'Microsoft Windows',
      'pretty-name': 'Windows Server 2022 Standard',
      version: 'Microsoft Windows Server 2022',
      'version-id': '2022',
      variant: 'server',
      machine: 'x86_64',
      'kernel-release': '20348',
      'kernel-version': '10.0',
    };
  return {
    id: 'debian',
    name: 'Debian GNU/Linux',
    'pretty-name': 'Debian GNU/Linux 12 (bookworm)',
    version: '12 (bookworm)',
    'version-id': '12',
    machine: KERNEL.machine,
    'kernel-release': KERNEL.release,
    'kernel-version': KERNEL.version,
  };
}

/** The root file system on the first disk. */
function fileSystems(vm: Vm): unknown[] {
  const disk = snapshotDisks(vm.config)[0];
  if (!disk) return [];
  const total = Math.floor(parseSize(String(disk.size ?? '1G')) * 0.95);
  return [
    {
      name: 'sda1',
      mountpoint: '/',
      type: 'ext4',
      'total-bytes': total,
      'used-bytes': Math.floor(total * 0.24),
      disk: [
        {
          dev: '/dev/sda1',
          serial: `0QEMU_QEMU_HARDDISK_drive-${disk.key}`,
          'bus-type': disk.key.replace(/\d+$/, ''),
          bus: 0,
          target: 0,
          unit: 0,
          'pci-controller': { domain: 0, bus: 1, slot: 1, function: 0 },
        },
      ],
    },
  ];
}

function memoryBlocks(vm: Vm): unknown[] {
  return Array.from({ length: Math.ceil(memoryBytes(vm.config) / MEMORY_BLOCK) }, (_, index) => ({
    'phys-index': index,
    online: true,
    'can-offline': true,
  }));
}

/** The answers of the agent, by command. */
export const AGENT_QUERIES: Readonly<Record<string, (vm: Vm) => unknown>> = {
  info: () => ({
    version: '7.2.22',
    supported_commands: COMMANDS.map((name) => ({
      name,
      enabled: name !== 'guest-get-devices',
      'success-response': !SILENT.test(name),
    })),
  }),
  'network-get-interfaces': interfaces,
  'get-osinfo': osInfo,
  'get-host-name': (vm) => ({ 'host-name': guestHostName(vm) }),
  'get-time': (vm) => guestTime(vm) * 1_000_000,
  'get-fsinfo': fileSystems,
  'get-memory-block-info': () => ({ size: MEMORY_BLOCK }),
  'get-memory-blocks': memoryBlocks,
  'get-timezone': agentZone,
  'get-users': () => [],
  'get-vcpus': (vm) =>
    Array.from({ length: cpuCount(vm.config) }, (_, index) => ({
      'logical-id': index,
      online: true,
      'can-offline': index > 0,
    })),
};
