import { memoryBytes } from '../../qemu/vms.js';
import type { Vm } from '../../state/model.js';
import { NO_FIGURES } from '../engine.js';
import type { GuestFigures } from '../engine.js';

function uptime(vm: Vm): number {
  return vm.guest ? Math.floor((Date.now() - vm.guest.startedAt) / 1000) : 0;
}

/** A number between 0 and 1 that belongs to a VM and changes slowly, so that figures look alive but tests stay calm. */
function load(vm: Vm): number {
  if (!vm.guest || vm.guest.paused) return 0;
  return 0.01 + 0.02 * Math.abs(Math.sin(vm.vmid + uptime(vm) / 60));
}

export function simFigures(vm: Vm): GuestFigures {
  if (!vm.guest) return NO_FIGURES;
  const maxmem = memoryBytes(vm.config);
  const traffic = uptime(vm) * 70;
  return {
    ...NO_FIGURES,
    cpu: load(vm),
    mem: Math.floor(maxmem * 0.35),
    memhost: Math.floor(maxmem * 0.4),
    netin: vm.guest.netin + traffic,
    netout: vm.guest.netout + traffic,
  };
}
