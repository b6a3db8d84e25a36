import type { Guest, Step } from '@pmx-cli/kit';

import { guestLabel, guestPath } from '../guest/kind.js';
import { haSteps } from '../ha/power.js';
import type { HaView } from '../ha/read.js';

/** Extra seconds for the task to tell about a time-out itself. */
const graceSeconds = 30;

export interface ColdRequest {
  guest: Guest;
  ha: HaView;
  /** Seconds that the guest gets to shut down by itself. */
  timeoutSeconds: number;
  /** Cut the power when it did not. */
  force: boolean;
}

type Call = Step & { kind: 'pve.call' };

/** The VM goes off; undone, it is on again. */
export function offSteps({ guest, ha, timeoutSeconds, force }: ColdRequest, id: string): Step[] {
  const label = guestLabel(guest);
  return throughHa(guest, ha, {
    id,
    title: `Shut down ${label}`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: `${guestPath(guest)}/status/shutdown`,
      params: { timeout: timeoutSeconds, ...(force && { forceStop: true }) },
      lookup: { type: 'qmshutdown', id: String(guest.vmid) },
      timeoutSeconds: timeoutSeconds + graceSeconds,
    },
    undo: [power(guest, 'start', `Start ${label} again`)],
  });
}

/** The VM comes on; undone, it is off again. */
export function onSteps({ guest, ha }: Pick<ColdRequest, 'guest' | 'ha'>, id: string): Step[] {
  const label = guestLabel(guest);
  const { kind, args } = power(guest, 'start', '');
  const undo = [power(guest, 'stop', `Stop ${label} again`)];
  return throughHa(guest, ha, { id, title: `Start ${label}`, kind, args, undo });
}

function power(guest: Guest, verb: 'start' | 'stop', title: string) {
  return {
    title,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: `${guestPath(guest)}/status/${verb}`,
      lookup: { type: `qm${verb}`, id: String(guest.vmid) },
      idempotent: true,
    },
  } as const;
}

/** HA carries out what Proxmox VE is asked for, and that takes its time. */
function throughHa(guest: Guest, ha: HaView, step: Call): Step[] {
  return ha.managing(guest) ? haSteps(step, guest, true) : [step];
}
