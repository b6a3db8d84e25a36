import { cpuCount, numberOf } from '../../../qemu/vms.js';
import { isOn, parts } from './types.js';
import type { Machine } from './types.js';

/** What the emulation can do without leaving anything out. */
const EMULATED = new Set([
  '486',
  'pentium',
  'pentium2',
  'pentium3',
  'coreduo',
  'core2duo',
  'qemu32',
  'qemu64',
  'kvm32',
  'Conroe',
  'Penryn',
  'Nehalem',
  'Westmere',
  'phenom',
  'max',
]);

function model({ config, accel, note }: Machine): string {
  const wanted = parts(String(config['cpu'] ?? 'kvm64'), 'cputype')['cputype'] ?? 'kvm64';
  if (accel === 'kvm') return /^x86-64-v/.test(wanted) ? 'max' : wanted;
  // PVE's default is made for KVM; this is the same without it.
  if (wanted === 'kvm64') return 'qemu64';
  if (EMULATED.has(wanted)) return wanted;
  note(`cpu type '${wanted}' cannot be emulated without KVM, using 'max'`);
  return 'max';
}

/** Processor, their number, and how they are computed. */
export function cpuArguments(machine: Machine): string[] {
  const { config, accel, cpuLimit, note } = machine;
  const sockets = numberOf(config, 'sockets', 1);
  const cores = numberOf(config, 'cores', 1);
  const all = sockets * cores;
  const wanted = cpuCount(config);
  let smp = `${wanted},sockets=${sockets},cores=${cores},maxcpus=${all}`;
  if (all > cpuLimit) {
    note(`the VM gets ${cpuLimit} of its ${all} CPUs: this sandbox's limit (--cpu-limit)`);
    smp = `${Math.min(wanted, cpuLimit)},sockets=1,cores=${cpuLimit},maxcpus=${cpuLimit}`;
  }
  const acceleration = accel === 'kvm' && isOn(config, 'kvm', true) ? 'kvm' : 'tcg,thread=multi';
  return ['-accel', acceleration, '-cpu', model(machine), '-smp', smp];
}
