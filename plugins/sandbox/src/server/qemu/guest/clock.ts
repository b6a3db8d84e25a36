import type { Vm } from '../../state/model.js';
import { activity, ntpUnit } from './units.js';

/** systemd moves the clock to its own build date when it is earlier (measured with Debian 12, systemd 252.39). */
const BUILD_MILLIS = Date.UTC(2026, 3, 27);
/** An NTP service has noticed a shift by then (measured: within 8 s, with a query at the moment of the shift). */
export const NTP_MILLIS = 4000;
/** chrony slews at this rate instead of stepping, once its first steps are used up (measured: about 7 %). */
const SLEW_RATE = 0.07;

/** PVE's `startdate` as milliseconds; undefined for `now`. */
function startDate(vm: Vm): number | undefined {
  const text = String(vm.config['startdate'] ?? 'now');
  if (text === 'now') return undefined;
  const millis = Date.parse(text.includes('T') ? `${text}Z` : `${text}T00:00:00Z`);
  return Number.isNaN(millis) ? undefined : millis;
}

/** How far the VM's hardware clock is ahead of the host's; each QEMU process begins at `startdate` again. */
export function rtcAhead(vm: Vm): number {
  if (!vm.guest) return 0;
  if (vm.guest.rtcAhead !== undefined) return vm.guest.rtcAhead;
  const begin = startDate(vm);
  return begin === undefined ? 0 : begin - vm.guest.startedAt;
}

/** What the boot makes of the hardware clock. */
function bootAhead(vm: Vm): number {
  const { startedAt } = vm.guest!;
  return Math.max(startedAt + rtcAhead(vm), BUILD_MILLIS) - startedAt;
}

/** How far the guest's own clock is ahead of the host's, after what its NTP service did about it. */
export function systemAhead(vm: Vm, now: number): number {
  const { guest } = vm;
  if (!guest) return 0;
  const ahead = guest.clockAhead ?? bootAhead(vm);
  const setAt = guest.clockSetAt ?? guest.startedAt;
  const unit = ntpUnit(vm);
  if (!unit || ahead === 0) return ahead;
  const { active, since } = activity(vm, unit);
  if (!active) return ahead;
  // timesyncd steps whenever it finds a shift, the others only at their own start.
  const steps = unit.name.startsWith('systemd-') || since >= setAt;
  if (steps) return now >= Math.max(since, setAt) + NTP_MILLIS ? 0 : ahead;
  if (!unit.name.startsWith('chrony')) return ahead;
  const slewed = Math.max(0, now - setAt) * SLEW_RATE;
  return Math.sign(ahead) * Math.max(0, Math.abs(ahead) - slewed);
}

/** Is the clock kept by an NTP service that has found nothing wrong? */
export function isSynchronized(vm: Vm, now: number): boolean {
  const unit = ntpUnit(vm);
  if (!unit || !vm.guest) return false;
  const { active, since } = activity(vm, unit);
  return active && now >= since + NTP_MILLIS && systemAhead(vm, now) === 0;
}

/** Sets the guest's own clock. */
export function setSystemClock(vm: Vm, wanted: number, now: number): void {
  if (!vm.guest) return;
  vm.guest.clockAhead = Math.round(wanted - now);
  vm.guest.clockSetAt = now;
}

/** Sets the hardware clock, which lives until the VM is started anew. */
export function setHardwareClock(vm: Vm, wanted: number, now: number): void {
  if (vm.guest) vm.guest.rtcAhead = Math.round(wanted - now);
}

/** Writes down what the NTP service has done so far; needed before a service changes. */
export function settleClock(vm: Vm, now: number): void {
  if (!vm.guest) return;
  const ahead = systemAhead(vm, now);
  if (ahead === (vm.guest.clockAhead ?? bootAhead(vm))) return;
  vm.guest.clockAhead = Math.round(ahead);
  vm.guest.clockSetAt = now;
}
