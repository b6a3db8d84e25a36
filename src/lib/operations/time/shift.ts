import { fileURLToPath } from 'node:url';

import { type Guest, type Plan, type PveReader, ref, type Step } from '@pmx-cli/kit';

import { guestLabel } from '../guest/kind.js';
import { snapshotStep } from '../guest/snapshot/create.js';
import { snapshotNameAt } from '../guest/snapshot/name.js';
import { checkShiftable, uuidOf } from './check.js';
import { readRecord, recordPath } from './record.js';
import { shiftSteps } from './steps.js';

export interface ShiftRequest {
  /** Folder of pmx's own state. */
  state: string;
  context?: string | undefined;
  /** Milliseconds since 1970. */
  to: number;
  reason?: string | undefined;
  /** Milliseconds after which it is restored by itself. */
  restoreAfter?: number | undefined;
  persist: boolean;
  snapshot: boolean;
}

export interface ShiftResult {
  vmid: number;
  name: string;
  node: string;
  to: string;
  /** Milliseconds that the guest is ahead of this machine now, and was before the first shift. */
  offset: number;
  original: number;
  /** Milliseconds between what was wanted and what the guest shows. */
  error: number;
  /** Services that were stopped for it. */
  stopped: string[];
  /** When a process of this machine restores it. */
  restoreAt: string | null;
  record: string;
}

const watcher = fileURLToPath(new URL('../engine/handlers/time-watcher.js', import.meta.url));
const watcherSeconds = 15;

export function watcherFiles(record: string): { readyFile: string; logFile: string } {
  return { readyFile: `${record}.watcher`, logFile: `${record}.log` };
}

/**
 * Moves the clock of one running VM. The operation is complete when the clock is shifted; what takes
 * it back is `pmx time restore`, from the record.
 */
export async function planShift(
  pve: PveReader,
  guest: Guest,
  request: ShiftRequest,
): Promise<Plan> {
  const config = await checkShiftable(pve, guest);
  const { state, to, restoreAfter, context } = request;
  const { vmid, name, node } = guest;
  const uuid = uuidOf(config);
  const record = recordPath(state, vmid, uuid);
  const known = readRecord(record);
  const place = { node, vmid, record };
  const label = guestLabel(guest);
  const moment = new Date(to).toISOString();
  return {
    operation: 'time.shift',
    target: label,
    title: `Shift the clock of ${label} to ${moment}`,
    steps: [
      ...(request.snapshot
        ? [
            snapshotStep(guest, snapshotNameAt(new Date()), {
              description: `Before a shift of the clock to ${moment}`,
              vmstate: false,
              wait: true,
            }),
          ]
        : []),
      ...shiftSteps(guest, place, { ...request, uuid }),
      {
        id: 'keep',
        title: `See that the clock of ${label} stays there`,
        kind: 'time.keep',
        args: { ...place, offset: ref('offset') },
      },
      ...(restoreAfter === undefined ? [] : watcherSteps(place, restoreAfter, context)),
    ],
    notes: [
      ...(known
        ? [`${label} is shifted already; what pmx time restore goes back to stays the first time.`]
        : []),
      `To bring it home: pmx time restore ${vmid}`,
      ...(restoreAfter === undefined
        ? []
        : [
            'A process of this machine restores it by itself. It does not outlive a reboot of this machine; for that put this into cron: pmx time restore --due --yes',
          ]),
    ],
    variables: { upid: null, original: 0, restoreAt: null, offset: 0, error: 0 },
    result: {
      vmid,
      name,
      node,
      to: moment,
      offset: ref('offset'),
      original: ref('original'),
      error: ref('error'),
      stopped: ref('stopped'),
      restoreAt: ref('restoreAt'),
      record,
    },
  };
}

/** The process that restores in time; a former one goes. */
function watcherSteps(
  { record, vmid }: { record: string; vmid: number },
  restoreAfter: number,
  context: string | undefined,
): Step[] {
  const files = watcherFiles(record);
  return [
    {
      id: 'old-watcher',
      title: 'Stop the process that would have restored it before',
      kind: 'process.stop',
      args: { readyFile: files.readyFile, timeoutSeconds: watcherSeconds },
    },
    {
      id: 'watcher',
      title: `Start a process that restores VM ${vmid} in ${Math.round(restoreAfter / 1000)} s`,
      kind: 'process.spawn',
      args: {
        module: watcher,
        env: {
          PMX_TIME_RECORD: record,
          PMX_TIME_READY: files.readyFile,
          ...(context !== undefined && { PMX_TIME_CONTEXT: context }),
        },
        ...files,
        timeoutSeconds: watcherSeconds,
      },
      undo: [
        {
          title: 'Stop the process that would have restored it',
          kind: 'process.stop',
          args: { readyFile: files.readyFile, timeoutSeconds: watcherSeconds },
        },
      ],
    },
  ];
}
