import type { Guest, Step } from '@pmx-cli/kit';

import { backupStep, removalStep, usualBackup } from '../backup.js';
import { haSteps } from '../../ha/power.js';
import { guestLabel, guestPath, kindOf } from '../kind.js';
import type { OwnedIsos } from './isos.js';
import type { Volume } from './volumes.js';

export interface DeletedThings {
  purge: boolean;
  isos: OwnedIsos['volumes'];
  archives: readonly Volume[];
  /** Where to make a backup first; none when left out. */
  backupStorage: string | undefined;
  /** HA decides whether it runs. */
  managed: boolean;
}

export function deleteSteps(
  guest: Guest,
  { purge, isos, archives, backupStorage, managed }: DeletedThings,
): Step[] {
  return [
    ...(backupStorage === undefined ? [] : [backupStep(guest, backupStorage, usualBackup)]),
    ...(guest.status === 'stopped' || guest.template ? [] : powerOff(guest, managed)),
    destroy(guest, purge),
    ...isos.map(({ storage, volid, sharedWith }): Step => ({
      id: `remove-${volid}`,
      title: `Remove cloud-init ISO ${volid}`,
      kind: 'pve.discard-volume',
      args: {
        node: guest.node,
        storage,
        volid,
        ...(sharedWith.length > 0 && { unlessUsedBy: sharedWith.map(guestPath) }),
      },
    })),
    ...archives.map((archive) => removalStep({ ...archive, node: guest.node })),
  ];
}

/** The guest is off afterwards; undo starts it again. */
function powerOff(guest: Guest, managed: boolean): Step[] {
  const path = guestPath(guest);
  const target = guestLabel(guest);
  const { taskPrefix } = kindOf(guest);
  const step = {
    id: 'stop',
    title: `Stop ${target}`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: `${path}/status/stop`,
      lookup: { type: `${taskPrefix}stop`, id: String(guest.vmid) },
    },
    undo: [
      {
        title: `Start ${target} again`,
        kind: 'pve.call',
        args: {
          method: 'POST',
          path: `${path}/status/start`,
          lookup: { type: `${taskPrefix}start`, id: String(guest.vmid) },
          // It runs already when stopping it failed, or an earlier undo was cut off.
          idempotent: true,
        },
      },
    ],
  } satisfies Step;
  return managed ? haSteps(step, guest, true) : [step];
}

function destroy(guest: Guest, purge: boolean): Step {
  return {
    id: 'destroy',
    title: `Delete ${guestLabel(guest)} with its disks`,
    kind: 'pve.call',
    destructive: true,
    args: {
      method: 'DELETE',
      path: guestPath(guest),
      params: { ...(purge && { purge: true }), 'destroy-unreferenced-disks': true },
      lookup: { type: `${kindOf(guest).taskPrefix}destroy`, id: String(guest.vmid) },
    },
  };
}
