import { allSteps, type Guest, type Plan, type Step } from '@pmx-cli/kit';

import { guestLabel, guestPath } from '../guest/kind.js';
import type { HaView } from './read.js';

/** HA looks at what is asked for every 10 s, and then the guest takes its time. */
const settleSeconds = 120;

/**
 * The plan of a guest that HA manages: Proxmox VE hands a start or stop on to HA, whose task has
 * another name and ends before the guest has changed. What HA is asked for stays that way, so a guest
 * that was stopped is not started again behind one's back.
 */
export function throughHa(plan: Plan, guest: Guest, ha: HaView): Plan {
  const resource = ha.managing(guest);
  const [step] = allSteps(plan.steps);
  if (resource === undefined || step?.kind !== 'pve.call') return plan;
  const target = guestLabel(guest);
  const stops = !String(step.args.path).endsWith('/start');
  const wait = step.args.task !== 'detach';
  return {
    ...plan,
    steps: haSteps(step, guest, wait),
    ...(stops && { asks: `HA manages ${target}: what it is asked for changes` }),
    notes: [
      ...(plan.notes ?? []),
      stops
        ? `HA manages ${target} (${resource.sid}, ${resource.state ?? 'started'}). It is asked for 'stopped', and so does not start the guest again; a start asks for 'started'.`
        : `HA manages ${target} (${resource.sid}). It is asked for 'started'.`,
    ],
  };
}

/** A start or stop as HA carries it out, and the wait for its end. */
export function haSteps(step: Step & { kind: 'pve.call' }, guest: Guest, wait: boolean): Step[] {
  const starts = String(step.args.path).endsWith('/start');
  const status = starts ? 'running' : 'stopped';
  const asking: Step = {
    ...step,
    title: `Ask HA: ${step.title}`,
    args: {
      ...step.args,
      lookup: { type: starts ? 'hastart' : 'hastop', id: String(guest.vmid) },
    },
    ...(step.undo && {
      undo: step.undo.map((effect) =>
        effect.kind === 'pve.call'
          ? {
              ...effect,
              args: { ...effect.args, lookup: { type: 'hastart', id: String(guest.vmid) } },
            }
          : effect,
      ),
    }),
  };
  if (!wait) return [asking];
  const waiting: Step = {
    id: `await-${status}`,
    title: `Wait until HA has ${starts ? 'started' : 'stopped'} ${guestLabel(guest)}`,
    kind: 'pve.await-status',
    args: { guest: guestPath(guest), status, timeoutSeconds: settleSeconds },
  };
  return [asking, waiting];
}
