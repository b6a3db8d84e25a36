import type { GuestConfig } from '../shared/guest-config.js';

/** `2020-01-31T12:00:00`, in UTC, as Proxmox VE hands it to QEMU. */
export function startdateOf(millis: number): string {
  return new Date(millis).toISOString().slice(0, 19);
}

/** What the hardware clock of a VM begins with; null for the present. */
export function ownStartdate({ startdate }: GuestConfig): string | null {
  return startdate === undefined || startdate === 'now' ? null : String(startdate);
}
