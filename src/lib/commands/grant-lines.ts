import type { Grant } from '../operations/access/read.js';

/** `PVEAuditor on /vms (user ci@pve)`, one a line. */
export function grantLines(grants: readonly Grant[]): string {
  return grants
    .map(
      ({ path, role, type, who, propagate }) =>
        `${role} on ${path} (${type} ${who})${propagate ? '' : ', not below'}`,
    )
    .join('\n');
}

/** Seconds → a date; never when there are none. */
export function untilText(seconds: number | undefined): string {
  return seconds === undefined ? 'never' : new Date(seconds * 1000).toISOString().slice(0, 10);
}
