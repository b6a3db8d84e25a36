import { type Guest, type Json, type Plan, type Step } from '@pmx-cli/kit';

import { planConfigure } from '../guest/configure.js';
import { guestLabel, guestPath, kindOf } from '../guest/kind.js';
import { planPower } from '../guest/power.js';
import type { GuestState } from './compare.js';
import type { Manifest } from './document.js';
import type { Changes, Difference } from './tables.js';

export interface ApplyResult {
  kind: string;
  name: string;
  /** Null for what has no id. */
  vmid: number | null;
  node: string | null;
  action: 'created' | 'changed' | 'replaced' | 'deleted' | 'unchanged';
  differences: Difference[];
}

const shutdownSeconds = 180;

/** What differs, as steps: options with their digest, pool, sizes, power. */
export function planUpdate(
  manifest: Manifest,
  { guest, config }: GuestState,
  changes: Changes,
): Plan {
  const { set, remove, resizes, differences } = changes;
  const target = guestLabel(guest);
  const configured = planConfigure({
    guest,
    config,
    set,
    remove,
    verb: 'apply',
    title: `Change ${target}`,
  });
  const steps = [
    ...configured.steps,
    ...poolSteps(guest, differences),
    ...resizes.map((resize) => resizeStep(guest, resize)),
    ...powerSteps(guest, differences),
  ];
  const changed = steps.length > 0;
  return {
    operation: `${kindOf(guest).topic}.apply`,
    target,
    title: changed ? `Change ${target} on node ${guest.node}` : `${target} is as described`,
    steps,
    variables: configured.variables ?? {},
    notes: changed ? [...noteLines(target, differences), ...warnings(changes, configured)] : [],
    result: {
      kind: manifest.kind,
      name: manifest.metadata.name,
      vmid: guest.vmid,
      node: guest.node,
      action: changed ? 'changed' : 'unchanged',
      differences: differences as unknown as Json,
    },
  };
}

export function noteLines(target: string, differences: readonly Difference[]): string[] {
  return differences.map(
    ({ field, current, wanted }) => `${target}: ${field}: ${shown(current)} → ${shown(wanted)}`,
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'not set';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function warnings({ resizes }: Changes, configured: Plan): string[] {
  return [
    ...(configured.notes ?? []).filter((note) => note.includes('waits for its next start')),
    ...(resizes.length > 0 ? ['A disk that has grown does not shrink again.'] : []),
  ];
}

function poolSteps(
  { vmid, pool: before, ...guest }: Guest,
  differences: readonly Difference[],
): Step[] {
  const change = differences.find(({ how }) => how === 'pool');
  if (!change) return [];
  const label = guestLabel({ ...guest, vmid });
  const members = (pool: string, member: boolean) => ({
    kind: 'pve.pool-members' as const,
    args: { pool, member, move: true, vms: [vmid], storages: [] },
  });
  const wanted = change.wanted as string | null;
  const back =
    before === undefined
      ? { title: `Take ${label} out of pool ${wanted}`, ...members(wanted!, false) }
      : { title: `Put ${label} back into pool ${before}`, ...members(before, true) };
  const step =
    wanted === null
      ? { title: `Take ${label} out of pool ${before}`, ...members(before!, false) }
      : { title: `Put ${label} into pool ${wanted}`, ...members(wanted, true) };
  return [{ id: 'pool', ...step, undo: [back] }];
}

function resizeStep(guest: Guest, { slot, size }: { slot: string; size: string }): Step {
  return {
    id: `resize-${slot}`,
    title: `Grow ${slot} of ${guestLabel(guest)} to ${size}`,
    kind: 'pve.call',
    args: {
      method: 'PUT',
      path: `${guestPath(guest)}/resize`,
      params: { disk: slot, size },
      lookup: { type: 'resize', id: String(guest.vmid) },
    },
  };
}

function powerSteps(guest: Guest, differences: readonly Difference[]): readonly Step[] {
  const change = differences.find(({ how }) => how === 'power');
  if (!change) return [];
  const plan = planPower({
    guest,
    verb: change.wanted === true ? (guest.status === 'paused' ? 'resume' : 'start') : 'shutdown',
    wait: true,
    ...(change.wanted !== true && { timeoutSeconds: shutdownSeconds }),
  });
  return (plan.steps as readonly Step[]).map(({ bind: _, ...step }) => step as Step);
}
