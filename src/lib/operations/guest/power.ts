import type { Effect, Guest, Plan, Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { type GuestKind, guestLabel, guestPath, kindOf } from './kind.js';

export type PowerVerb = 'start' | 'stop' | 'shutdown' | 'reboot' | 'reset' | 'suspend' | 'resume';

export interface PowerRequest {
  /** With its status as the server says it now: lists call a paused VM running. */
  guest: Guest;
  verb: PowerVerb;
  wait: boolean;
  /** Seconds that the guest gets to shut down by itself. */
  timeoutSeconds?: number;
  /** Cut the power when it did not shut down in time. */
  force?: boolean;
  /** Suspend to disk, on this storage if one is named. */
  toDisk?: { storage?: string };
}

export interface PowerResult {
  vmid: number;
  name: string;
  node: string;
  /** False when the guest already was in that state. */
  changed: boolean;
  upid: string | null;
}

/** What a guest is in the eyes of somebody who wants to switch it. */
type State = Guest['status'] | 'hibernated';

interface Verb {
  title: string;
  /** States in which there is nothing left to do, and how one says so. */
  already: Partial<Record<State, string>>;
  /** States in which it cannot be done: what to do instead. */
  refuses: Partial<Record<State, (guest: Guest) => string[]>>;
}

const startIt = (guest: Guest): string[] => [
  `Start it: pmx ${kindOf(guest).topic} start ${guest.vmid}`,
];
const wakeIt = (guest: Guest): string[] => [
  `Let it go on: pmx ${kindOf(guest).topic} resume ${guest.vmid}`,
];
const wakeOrReset = (guest: Guest): string[] => [
  ...wakeIt(guest),
  guest.type === 'qemu'
    ? `Or reset it, as if by its button: pmx vm reset ${guest.vmid}`
    : `Or stop it and start it: pmx ct stop ${guest.vmid}`,
];

const verbs: Record<PowerVerb, Verb> = {
  start: { title: 'Start', already: { running: 'running' }, refuses: {} },
  stop: { title: 'Stop', already: { stopped: 'stopped' }, refuses: {} },
  shutdown: { title: 'Shut down', already: { stopped: 'stopped' }, refuses: {} },
  reboot: {
    title: 'Reboot',
    already: {},
    refuses: { stopped: startIt, hibernated: wakeIt, paused: wakeOrReset },
  },
  reset: { title: 'Reset', already: {}, refuses: { stopped: startIt, hibernated: wakeIt } },
  suspend: {
    title: 'Suspend',
    already: { paused: 'paused', hibernated: 'suspended to disk' },
    refuses: { stopped: startIt },
  },
  resume: { title: 'Resume', already: { running: 'running' }, refuses: { stopped: startIt } },
};

/** Verbs that need to tell a paused guest from a running one. */
export const needsExactState: ReadonlySet<PowerVerb> = new Set([
  'reboot',
  'reset',
  'suspend',
  'resume',
]);

/** Extra seconds for the task to tell about a time-out itself. */
const graceSeconds = 30;

/** @throws RequestError `PMX_GUEST_NOT_RUNNING`, `PMX_GUEST_PAUSED` */
export function planPower(request: PowerRequest): Plan {
  const { guest, verb } = request;
  const kind = kindOf(guest);
  const { title, already } = verbs[verb];
  const target = guestLabel(guest);
  const state = stateOf(guest);
  refuse(request, state);
  const goal = mayDiffer(request, state) ? undefined : already[state];
  const changed = goal === undefined;
  return {
    operation: `${kind.topic}.${verb}`,
    target,
    title: `${title} ${target} on node ${guest.node}`,
    steps: changed ? [powerStep(request, kind, `${title} ${target}`)] : [],
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

/** What sleeps in memory may still go to disk; of a container nobody says whether it is frozen. */
function mayDiffer({ guest, verb, toDisk }: PowerRequest, state: State): boolean {
  return (
    (toDisk !== undefined && state === 'paused') || (guest.type === 'lxc' && verb === 'resume')
  );
}

function stateOf({ status, lock }: Guest): State {
  return status === 'stopped' && lock === 'suspended' ? 'hibernated' : status;
}

function refuse({ guest, verb }: PowerRequest, state: State): void {
  const instead = verbs[verb].refuses[state];
  if (!instead || (guest.type === 'lxc' && verb === 'resume')) return;
  const words =
    state === 'paused'
      ? 'paused, and hears no request to shut down'
      : `${state === 'hibernated' ? 'suspended to disk' : state}, so there is nothing to ${verb}`;
  throw new RequestError({
    code: state === 'paused' ? 'PMX_GUEST_PAUSED' : 'PMX_GUEST_NOT_RUNNING',
    message: `${guestLabel(guest)} is ${words}.`,
    hints: instead(guest),
  });
}

function powerStep(request: PowerRequest, kind: GuestKind, title: string): Step {
  const { guest, verb, wait, timeoutSeconds, toDisk } = request;
  return {
    id: verb,
    title: toDisk ? `${title} to disk` : title,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: `${guestPath(guest)}/status/${verb}`,
      params: paramsOf(request),
      task: wait ? 'wait' : 'detach',
      lookup: { type: taskOf(kind, verb, toDisk !== undefined), id: String(guest.vmid) },
      ...(timeoutSeconds !== undefined && { timeoutSeconds: timeoutSeconds + graceSeconds }),
    },
    bind: { upid: 'upid' },
    ...(undoOf(request, kind) ?? {}),
  };
}

function paramsOf({ verb, timeoutSeconds, force, toDisk }: PowerRequest) {
  if (verb === 'shutdown') return { timeout: timeoutSeconds, forceStop: force };
  if (verb === 'reboot') return { timeout: timeoutSeconds };
  if (toDisk) return { todisk: true, statestorage: toDisk.storage };
  return {};
}

/** The names of PVE's tasks: a VM that is suspended in memory is called paused there. */
function taskOf({ type, taskPrefix }: GuestKind, verb: PowerVerb, toDisk: boolean): string {
  return verb === 'suspend' && type === 'qemu' && !toDisk ? 'qmpause' : `${taskPrefix}${verb}`;
}

/** Only of what holds a guest up, and of what lets it go on: the rest has no way back. */
function undoOf({ guest, verb }: PowerRequest, kind: GuestKind): Pick<Step, 'undo'> | undefined {
  if (verb !== 'suspend' && verb !== 'resume') return undefined;
  // To put a guest to disk again is no way back: what it did meanwhile would not be undone.
  if (verb === 'resume' && guest.lock === 'suspended') return undefined;
  const back = verb === 'suspend' ? 'resume' : 'suspend';
  const effect: Effect & { title: string } = {
    title:
      verb === 'suspend' ? `Resume ${guestLabel(guest)}` : `Suspend ${guestLabel(guest)} again`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: `${guestPath(guest)}/status/${back}`,
      lookup: { type: taskOf(kind, back, false), id: String(guest.vmid) },
      idempotent: true,
    },
  };
  return { undo: [effect] };
}
