import type { GuestFigures } from '../engine/engine.js';
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

function figures(vm: Vm, used: GuestFigures): Row {
  const maxmem = memoryBytes(vm.config);
  const running = vm.guest !== undefined;
  return {
    vmid: vm.vmid,
    ...(vm.config['name'] === undefined ? { name: `VM ${vm.vmid}` } : { name: vm.config['name'] }),
    ...(vm.config['tags'] === undefined ? {} : { tags: vm.config['tags'] }),
    ...(vm.config['template'] === 1 ? { template: 1 } : {}),
    status: running ? 'running' : 'stopped',
    uptime: uptime(vm),
    cpu: used.cpu,
    mem: used.mem,
    maxmem,
    memhost: used.memhost,
    disk: 0,
    maxdisk: bootDiskBytes(vm.config),
    netin: used.netin,
    netout: used.netout,
  };
}

/** A row of GET /nodes/{node}/qemu. */
export function listRow(vm: Vm, full: boolean, used: GuestFigures): Row {
  const row: Row = {
    ...figures(vm, used),
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
export function currentStatus(vm: Vm, managed: boolean, used: GuestFigures): Row {
  return {
    ...listRow(vm, true, used),
    clipboard: null,
    ha: { managed: managed ? 1 : 0 },
    ...(agentEnabled(vm.config) ? { agent: 1 } : {}),
  };
}

/** A row of cluster/resources, as pvestatd would tell it. */
export function resourceRow(vm: Vm, used: GuestFigures): Row {
  const { cpu, ...row } = figures(vm, used);
  return {
    ...row,
    id: `qemu/${vm.vmid}`,
    node: vm.node,
    type: 'qemu',
    cpu,
    maxcpu: cpuCount(vm.config),
    diskread: used.diskread,
    diskwrite: used.diskwrite,
    template: vm.config['template'] === 1 ? 1 : 0,
    ...(vm.config['lock'] === undefined ? {} : { lock: vm.config['lock'] }),
  };
}
