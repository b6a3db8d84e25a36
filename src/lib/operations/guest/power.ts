import type { Guest, Plan, Step } from '@pmx-cli/kit';

import { guestLabel, guestPath, kindOf } from './kind.js';

export type PowerVerb = 'start' | 'stop' | 'shutdown';

export interface PowerRequest {
  guest: Guest;
  verb: PowerVerb;
  wait: boolean;
  /** Seconds that the guest gets to shut down by itself. */
  timeoutSeconds?: number;
  /** Cut the power when it did not shut down in time. */
  force?: boolean;
}

export interface PowerResult {
  vmid: number;
  name: string;
  node: string;
  /** False when the guest already was in that state. */
  changed: boolean;
  upid: string | null;
}

const verbs = {
  start: { title: 'Start', goal: 'running' },
  stop: { title: 'Stop', goal: 'stopped' },
  shutdown: { title: 'Shut down', goal: 'stopped' },
} as const;

/** Extra seconds for the task to tell about a time-out itself. */
const graceSeconds = 30;

export function planPower(request: PowerRequest): Plan {
  const { guest, verb, wait, timeoutSeconds, force } = request;
  const { title, goal } = verbs[verb];
  const { topic, taskPrefix } = kindOf(guest);
  const target = guestLabel(guest);
  const changed = guest.status !== goal;
  const step: Step = {
    id: verb,
    title: `${title} ${target}`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: `${guestPath(guest)}/status/${verb}`,
      params: verb === 'shutdown' ? { timeout: timeoutSeconds, forceStop: force } : {},
      task: wait ? 'wait' : 'detach',
      lookup: { type: `${taskPrefix}${verb}`, id: String(guest.vmid) },
      ...(timeoutSeconds !== undefined && { timeoutSeconds: timeoutSeconds + graceSeconds }),
    },
    bind: { upid: 'upid' },
  };
  return {
    operation: `${topic}.${verb}`,
    target,
    title: `${title} ${target} on node ${guest.node}`,
    steps: changed ? [step] : [],
    variables: changed ? {} : { upid: null },
    ...(!changed && { notes: [`${target} is ${goal} already.`] }),
    result: {
      vmid: guest.vmid,
      name: guest.name,
      node: guest.node,
      changed,
      upid: { $var: 'upid' },
    },
  };
}
