import type { Vm } from '../../state/model.js';
import { settleClock } from './clock.js';
import { activity } from './units.js';
import type { Enabled, Unit } from './units.js';

/** Starts or stops a service; what an NTP service has done until then stays done. */
export function setActive(vm: Vm, unit: Unit, active: boolean, now: number, again = false): void {
  if (!vm.guest || (activity(vm, unit).active === active && !again)) return;
  settleClock(vm, now);
  vm.guest.units = { ...vm.guest.units, [unit.name]: { active, since: now } };
}

/** What becomes of a service at the next boot; it is on the guest's disk. */
export function setEnabled(vm: Vm, unit: Unit, state: Exclude<Enabled, 'static'>): void {
  // That it runs now has nothing to do with the next boot.
  if (vm.guest) vm.guest.units = { ...vm.guest.units, [unit.name]: activity(vm, unit) };
  vm.inside ??= { files: {}, passwords: {} };
  vm.inside.units = { ...vm.inside.units, [unit.name]: state };
}
