import type { Vm, VmConfig } from '../state/model.js';
import { parseSize } from '../storage/disk-format.js';
import { isCdrom, isDriveKey, parseDrive } from './drive.js';
import { agentEnabled, cpuCount, memoryBytes } from './vms.js';

type Row = Record<string, unknown>;

/** The disk that PVE takes for a VM's size: the first of the boot order, or the first there is. */
function bootDiskBytes(config: VmConfig): number {
  const order = /order=([^ ]*)/.exec(String(config['boot'] ?? ''))?.[1]?.split(';') ?? [];
  const keys = [...order, ...Object.keys(config)].filter(
    (key) => isDriveKey(key) && config[key] !== undefined && !/^(?:efidisk|tpmstate)/.test(key),
  );
  for (const key of keys) {
    const drive = parseDrive(key, String(config[key]));
    if (!isCdrom(drive) && drive['size'] !== undefined) return parseSize(String(drive['size']));
  }
  return 0;
}

function uptime(vm: Vm): number {
  return vm.guest ? Math.floor((Date.now() - vm.guest.startedAt) / 1000) : 0;
}

/** A number between 0 and 1 that belongs to a VM and changes slowly, so that figures look alive but tests stay calm. */
function load(vm: Vm): number {
  if (!vm.guest || vm.guest.paused) return 0;
  return 0.01 + 0.02 * Math.abs(Math.sin(vm.vmid + uptime(vm) / 60));
}

function figures(vm: Vm): Row {
  const maxmem = memoryBytes(vm.config);
  const running = vm.guest !== undefined;
  const traffic = uptime(vm) * 70;
  return {
    vmid: vm.vmid,
    ...(vm.config['name'] === undefined ? { name: `VM ${vm.vmid}` } : { name: vm.config['name'] }),
    ...(vm.config['tags'] === undefined ? {} : { tags: vm.config['tags'] }),
    ...(vm.config['template'] === 1 ? { template: 1 } : {}),
    status: running ? 'running' : 'stopped',
    uptime: uptime(vm),
    cpu: load(vm),
    mem: running ? Math.floor(maxmem * 0.35) : 0,
    maxmem,
    memhost: running ? Math.floor(maxmem * 0.4) : 0,
    disk: 0,
    maxdisk: bootDiskBytes(vm.config),
    netin: running ? vm.guest!.netin + traffic : 0,
    netout: running ? vm.guest!.netout + traffic : 0,
  };
}

/** A row of GET /nodes/{node}/qemu. */
export function listRow(vm: Vm, full: boolean): Row {
  const row: Row = {
    ...figures(vm),
    cpus: cpuCount(vm.config),
    ...(vm.config['serial0'] === undefined ? {} : { serial: 1 }),
    ...(vm.config['lock'] === undefined ? {} : { lock: vm.config['lock'] }),
  };
  if (vm.guest) {
    Object.assign(row, {
      pid: vm.guest.pid,
      pressurecpufull: 0,
      pressurecpusome: 0,
      pressureiofull: 0,
      pressureiosome: 0,
      pressurememoryfull: 0,
      pressurememorysome: 0,
    });
  }
  if (full) {
    row['qmpstatus'] = vm.guest ? (vm.guest.paused ? 'paused' : 'running') : 'stopped';
    if (vm.guest) {
      row['nics'] = Object.fromEntries(
        Object.keys(vm.config)
          .filter((key) => /^net\d+$/.test(key))
          .map((key) => [
            `tap${vm.vmid}i${key.slice(3)}`,
            { netin: row['netin'], netout: row['netout'] },
          ]),
      );
    }
  }
  return row;
}

/** GET …/status/current. */
export function currentStatus(vm: Vm, managed: boolean): Row {
  return {
    ...listRow(vm, true),
    clipboard: null,
    ha: { managed: managed ? 1 : 0 },
    ...(agentEnabled(vm.config) ? { agent: 1 } : {}),
  };
}

/** A row of cluster/resources, as pvestatd would tell it. */
export function resourceRow(vm: Vm): Row {
  const { cpu, ...row } = figures(vm);
  return {
    ...row,
    id: `qemu/${vm.vmid}`,
    node: vm.node,
    type: 'qemu',
    cpu,
    maxcpu: cpuCount(vm.config),
    diskread: 0,
    diskwrite: 0,
    template: vm.config['template'] === 1 ? 1 : 0,
    ...(vm.config['lock'] === undefined ? {} : { lock: vm.config['lock'] }),
  };
}
