import { type Plan, type PveReader, ref } from '@pmx-cli/kit';

import { guestLabel } from '../guest/kind.js';
import { type ExecRequest, type ExecResult, planExec } from '../reach/exec.js';
import { checkShiftable, uuidOf } from './check.js';
import { recordPath } from './record.js';
import { backSteps, shiftSteps } from './steps.js';

export interface TimeRunRequest extends ExecRequest {
  state: string;
  to: number;
  reason?: string | undefined;
}

export interface TimeRunResult extends ExecResult {
  to: string;
  /** Milliseconds from where the clock was before; measured after it was set back. */
  error: number | null;
}

/**
 * Shifts, runs, restores. What goes wrong in between, also Ctrl-C, is taken back by the undo of the
 * steps; after a `kill -9` the record says that it is due.
 */
export async function planTimeRun(pve: PveReader, request: TimeRunRequest): Promise<Plan> {
  const { guest, state, to, reason } = request;
  const config = await checkShiftable(pve, guest);
  const uuid = uuidOf(config);
  const { node, vmid } = guest;
  const place = { node, vmid, record: recordPath(state, vmid, uuid) };
  const exec = planExec(request);
  const label = guestLabel(guest);
  return {
    ...exec,
    operation: 'time.run',
    target: label,
    title: `${exec.title} at ${new Date(to).toISOString()}`,
    steps: [
      ...shiftSteps(guest, place, { to, uuid, reason, transient: true }),
      ...exec.steps,
      ...backSteps(guest, place, 'last', false),
      {
        id: 'forget',
        title: `Close the shift of ${label}`,
        kind: 'time.discard',
        args: place,
      },
    ],
    variables: { ...exec.variables, original: 0, restoreAt: null, stopped: [], left: null },
    result: {
      ...(exec.result as Record<string, never>),
      to: new Date(to).toISOString(),
      error: ref('left'),
    },
  };
}
