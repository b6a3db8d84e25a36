import {
  type Guest,
  type Plan,
  type PveReader,
  ref,
  type Step,
  type TimePlace,
} from '@pmx-cli/kit';
import { isPmxError, ProxmoxError } from '@pmx-cli/kit/errors';

import { guestLabel } from '../guest/kind.js';
import { snapshotStep } from '../guest/snapshot/create.js';
import { snapshotNameAt } from '../guest/snapshot/name.js';
import { type AutoRestore, autoRestoreSteps } from './auto-restore.js';
import { checkShiftable, uuidOf, type VmConfig } from './check.js';
import { readRecord, recordPath } from './record.js';
import { planRtcShift } from './rtc.js';
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
  /** What does that. */
  autoRestore?: AutoRestore | undefined;
  persist: boolean;
  snapshot: boolean;
  /** `auto`: through the agent if one answers, otherwise by the hardware clock. */
  mode?: 'agent' | 'rtc' | 'auto';
  /** Mode of the hardware clock: seconds to shut down in, and whether the power is cut after them. */
  shutdownSeconds?: number | undefined;
  force?: boolean | undefined;
}

export interface ShiftResult {
  vmid: number;
  name: string;
  node: string;
  to: string;
  mode: 'agent' | 'rtc';
  /** Milliseconds that the guest is ahead of this machine now (null: nobody asked it), and was before the first shift. */
  offset: number | null;
  original: number;
  /** Milliseconds between what was wanted and what the guest shows. */
  error: number | null;
  /** Services that were stopped for it. */
  stopped: string[];
  /** When this machine restores it by itself, and what does. */
  restoreAt: string | null;
  autoRestore: AutoRestore['by'] | null;
  record: string;
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
  const { state, to, restoreAfter, context, autoRestore } = request;
  const restoring = (at: TimePlace): Step[] =>
    autoRestore && restoreAfter !== undefined
      ? autoRestoreSteps(at, autoRestore, restoreAfter, context)
      : [];
  const config = await configForAgent(pve, guest, request.mode ?? 'agent');
  if (!config) return planRtcShift(pve, guest, request, restoring);
  const { vmid, name, node } = guest;
  const uuid = uuidOf(config);
  const record = recordPath(state, vmid, uuid);
  const known = readRecord(record);
  const place = { node, vmid, record };
  const label = guestLabel(guest);
  const moment = new Date(to).toISOString();
  const noted = noteHowRestored(vmid, autoRestore);
  return {
    operation: 'time.shift',
    target: label,
    title: `Shift the clock of ${label} to ${moment}`,
    steps: [
      ...snapshotSteps(guest, request),
      ...shiftSteps(guest, place, { ...request, uuid }),
      {
        id: 'keep',
        title: `See that the clock of ${label} stays there`,
        kind: 'time.keep',
        args: { ...place, offset: ref('offset') },
      },
      ...restoring(place),
    ],
    notes: [
      ...(known
        ? [`${label} is shifted already; what pmx time restore goes back to stays the first time.`]
        : []),
      ...noted,
    ],
    variables: { upid: null, original: 0, restoreAt: null, offset: 0, error: 0 },
    result: {
      vmid,
      name,
      node,
      to: moment,
      mode: 'agent',
      offset: ref('offset'),
      original: ref('original'),
      error: ref('error'),
      stopped: ref('stopped'),
      restoreAt: ref('restoreAt'),
      autoRestore: autoRestore?.by ?? null,
      record,
    },
  };
}

export function snapshotSteps(guest: Guest, { snapshot, to }: ShiftRequest): Step[] {
  if (!snapshot) return [];
  return [
    snapshotStep(guest, snapshotNameAt(new Date()), {
      description: `Before a shift of the clock to ${new Date(to).toISOString()}`,
      vmstate: false,
      wait: true,
    }),
  ];
}

function noteHowRestored(vmid: number, auto: AutoRestore | undefined): string[] {
  return [`To bring it home: pmx time restore ${vmid}`, ...(auto?.notes ?? [])];
}

/** @returns undefined when the hardware clock is to be shifted */
async function configForAgent(
  pve: PveReader,
  guest: Guest,
  mode: 'agent' | 'rtc' | 'auto',
): Promise<VmConfig | undefined> {
  if (mode === 'rtc') return undefined;
  try {
    return await checkShiftable(pve, guest);
  } catch (error) {
    if (!isPmxError(error) || error.code !== 'PMX_AGENT_UNAVAILABLE') throw error;
    if (mode === 'auto') return undefined;
    throw new ProxmoxError({
      code: error.code,
      message: error.message,
      hints: [
        ...error.hints,
        'Without an agent, by the hardware clock and a cold start: --mode rtc',
      ],
      cause: error,
    });
  }
}
