import { type Guest, type Plan, type PveReader, ref } from '@pmx-cli/kit';

import { guestLabel } from '../guest/kind.js';
import { queryAgent } from '../reach/agent-read.js';
import { readConfig, refuseStopped, uuidOf } from './check.js';
import { readRecord, recordPath } from './record.js';
import { watcherFiles } from './shift.js';
import { backSteps } from './steps.js';

export interface RestoreResult {
  vmid: number;
  name: string;
  node: string;
  /** False: it was not shifted. */
  changed: boolean;
  /** Milliseconds from where the clock was before; measured last. */
  error: number | null;
  started: string[];
}

const stopSeconds = 15;

/**
 * Takes a shift back from its record, whatever has happened to guest, node or pmx since. Each step
 * may be done again, so a restore that was cut off is simply run once more.
 */
export async function planRestore(pve: PveReader, guest: Guest, state: string): Promise<Plan> {
  const { vmid, name, node } = guest;
  const label = guestLabel(guest);
  const path = recordPath(state, vmid, uuidOf(await readConfig(pve, guest)));
  const record = readRecord(path);
  const result = { vmid, name, node, changed: record !== undefined };
  if (!record)
    return {
      operation: 'time.restore',
      target: label,
      title: `Restore the clock of ${label}`,
      steps: [],
      notes: [`${label}: no shift is open here; nothing to do.`],
      result: { ...result, error: null, started: [] },
    };
  refuseStopped(guest);
  await queryAgent(pve, guest, 'get-osinfo');
  return {
    operation: 'time.restore',
    target: label,
    title: `Restore the clock of ${label}`,
    steps: [
      ...backSteps(guest, { node, vmid, record: path }, 'first', record.persist),
      {
        id: 'forget',
        title: `Close the shift of ${label}`,
        kind: 'path.remove',
        args: { path },
      },
      {
        id: 'watcher',
        title: 'Stop the process that would have restored it',
        kind: 'process.stop',
        args: { readyFile: watcherFiles(path).readyFile, timeoutSeconds: stopSeconds },
      },
    ],
    variables: { started: [], left: null },
    result: { ...result, error: ref('left'), started: ref('started') },
  };
}
