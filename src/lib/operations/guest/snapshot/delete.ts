import type { Guest, Impact, Plan, PveReader, Step } from '@pmx-cli/kit';

import { guestLabel, guestPath, kindOf } from '../kind.js';
import { checkSnapshotName } from './name.js';
import { requireSnapshot, type Snapshot, snapshotsOfFew } from './read.js';
import { snapshotDetail } from './words.js';

export interface SnapshotDeleteResult {
  vmid: number;
  name: string;
  node: string;
  removed: string[];
}

/**
 * The named snapshots of each guest go.
 * @throws RequestError `PMX_INVALID_SNAPSHOT_NAME`, `PMX_SNAPSHOT_NOT_FOUND`
 */
export async function planSnapshotDelete(
  pve: PveReader,
  guests: readonly Guest[],
  names: readonly string[],
): Promise<Plan[]> {
  const distinct = [...new Set(names)];
  for (const guest of guests) for (const name of distinct) checkSnapshotName(name, guest);
  const present = await snapshotsOfFew(pve, guests);
  return guests.map((guest, index) => {
    const known = present[index];
    const found = known && distinct.map((name) => requireSnapshot(guest, known, name));
    return removalPlan(guest, distinct, { removes: found ?? [] });
  });
}

/** What a plan that removes snapshots knows of them. */
export interface KnownSnapshots {
  removes: readonly Snapshot[];
  keeps?: readonly Snapshot[];
}

export function removalPlan(
  guest: Guest,
  names: readonly string[],
  known: KnownSnapshots,
  verb: 'delete' | 'prune' = 'delete',
): Plan {
  const target = guestLabel(guest);
  const list = names.map((name) => `'${name}'`).join(', ');
  return {
    operation: `${kindOf(guest).topic}.snapshot.${verb}`,
    target,
    title:
      names.length === 0
        ? `Delete no snapshot of ${target}`
        : `Delete snapshot${names.length === 1 ? '' : 's'} ${list} of ${target}`,
    steps: names.map((name) => removalStep(guest, name)),
    impact: impactOf(names, known, target),
    result: { vmid: guest.vmid, name: guest.name, node: guest.node, removed: [...names] },
  };
}

function removalStep(guest: Guest, name: string): Step {
  return {
    id: `delete-${name}`,
    title: `Delete snapshot '${name}' of ${guestLabel(guest)}`,
    kind: 'pve.call',
    destructive: true,
    // Without a lookup: a lost answer is looked for in the list of snapshots, which is exact where a
    // guest loses several one after the other.
    args: { method: 'DELETE', path: `${guestPath(guest)}/snapshot/${name}` },
  };
}

function impactOf(
  names: readonly string[],
  { removes, keeps = [] }: KnownSnapshots,
  target: string,
): Impact {
  const detail = (name: string): string => {
    const snapshot = removes.find((known) => known.name === name);
    return [`of ${target}`, snapshot && snapshotDetail(snapshot)].filter(Boolean).join(', ');
  };
  return {
    removes: names.map((name) => ({ what: 'snapshot', name, detail: detail(name) })),
    keeps: keeps.map((snapshot) => ({
      what: 'snapshot',
      name: snapshot.name,
      detail: `of ${target}, ${snapshotDetail(snapshot)}`,
    })),
  };
}
