import {
  type Guest,
  type Plan,
  type PveReader,
  ref,
  type Step,
  type TimePlace,
} from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { guestLabel } from '../guest/kind.js';
import { queryAgent } from '../reach/agent-read.js';
import { forgetSteps } from './auto-restore.js';
import { readConfig, refuseStopped, uuidOf } from './check.js';
import { readRecord, recordPath, type ShiftRecord, trueOriginal } from './record.js';
import { rtcBackSteps } from './rtc.js';
import { backSteps, servicesBackStep } from './steps.js';

export interface RestoreResult {
  vmid: number;
  name: string;
  node: string;
  /** False: it was not shifted. */
  changed: boolean;
  /** Milliseconds from where the clock was before, measured last; null when no agent tells. */
  error: number | null;
  started: string[];
}

/**
 * Takes a shift back from its record, whatever has happened to guest, node or pmx since. Each step
 * may be done again, so a restore that was cut off is simply run once more.
 */
export async function planRestore(pve: PveReader, guest: Guest, state: string): Promise<Plan> {
  const { vmid, name, node } = guest;
  const label = guestLabel(guest);
  const path = recordPath(state, vmid, uuidOf(await readConfig(pve, guest)));
  const record = readRecord(path);
  const plan = {
    operation: 'time.restore',
    target: label,
    title: `Restore the clock of ${label}`,
  };
  const result = { vmid, name, node, changed: record !== undefined };
  if (!record)
    return {
      ...plan,
      steps: [],
      notes: [`${label}: no shift is open here; nothing to do.`],
      result: { ...result, error: null, started: [] },
    };
  const place = { node, vmid, record: path };
  const { steps, ...more } = await homeSteps(pve, guest, place, record);
  return {
    ...plan,
    ...more,
    steps: [
      ...steps,
      {
        id: 'forget',
        title: `Close the shift of ${label}`,
        kind: 'path.remove',
        args: { path },
      },
      ...forgetSteps(place),
    ],
    variables: { started: [], left: null, after: null, pending: [] },
    result: { ...result, error: ref('left'), started: ref('started') },
  };
}

async function homeSteps(
  pve: PveReader,
  guest: Guest,
  place: TimePlace,
  record: ShiftRecord,
): Promise<Pick<Plan, 'steps' | 'asks' | 'notes'> & { steps: readonly Step[] }> {
  const { rtc } = record;
  if (!rtc) {
    refuseStopped(guest);
    await queryAgent(pve, guest, 'get-osinfo');
    return { steps: backSteps(guest, place, 'first', record.persist) };
  }
  const { steps, ha, cold } = await rtcBackSteps(pve, guest, place, { ...record, rtc });
  const label = guestLabel(guest);
  const more = {
    ...(cold && {
      asks: `${label} is shut down${rtc.running ? ' and started again' : ''}`,
    }),
    notes: ha.notes,
  };
  // It was shifted through its agent as well: the cold start does the rest.
  const services = trueOriginal(record).services.some(({ active }) => active);
  if (!services || guest.status !== 'running') return { ...more, steps };
  if (await agentAnswers(pve, guest))
    return { ...more, steps: [servicesBackStep(guest, place, 'first'), ...steps] };
  return {
    ...more,
    notes: [
      ...ha.notes,
      ...(record.persist
        ? [`The agent of ${label} does not answer: start its NTP service by hand.`]
        : []),
    ],
    steps,
  };
}

async function agentAnswers(pve: PveReader, guest: Guest): Promise<boolean> {
  try {
    await queryAgent(pve, guest, 'get-osinfo');
    return true;
  } catch (error) {
    if (!isPmxError(error) || error.exitCode !== 3) throw error;
    return false;
  }
}
