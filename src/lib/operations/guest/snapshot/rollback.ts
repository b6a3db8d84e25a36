import type { Guest, Impact, Plan, PveReader } from '@pmx-cli/kit';

import { guestLabel, guestPath, kindOf } from '../kind.js';
import { checkSnapshotName } from './name.js';
import { requireSnapshot, type Snapshot, snapshotsOfFew } from './read.js';
import { momentOf, snapshotDetail } from './words.js';

export interface RollbackRequest {
  snapshot: string;
  /** Start the guest afterwards. */
  start: boolean;
  wait: boolean;
}

export interface RollbackResult {
  vmid: number;
  name: string;
  node: string;
  snapshot: string;
  upid: string | null;
}

/**
 * Each guest goes back to its snapshot of that name; what came later is lost.
 * @throws RequestError `PMX_INVALID_SNAPSHOT_NAME`, `PMX_SNAPSHOT_NOT_FOUND`
 */
export async function planRollback(
  pve: PveReader,
  guests: readonly Guest[],
  request: RollbackRequest,
): Promise<Plan[]> {
  for (const guest of guests) checkSnapshotName(request.snapshot, guest);
  const present = await snapshotsOfFew(pve, guests);
  return guests.map((guest, index) => planOne(guest, present[index], request));
}

function planOne(
  guest: Guest,
  known: readonly Snapshot[] | undefined,
  { snapshot: name, start, wait }: RollbackRequest,
): Plan {
  const { topic, taskPrefix } = kindOf(guest);
  const target = guestLabel(guest);
  const snapshot = known && requireSnapshot(guest, known, name);
  return {
    operation: `${topic}.snapshot.rollback`,
    target,
    title: `Roll ${target} back to snapshot '${name}'`,
    steps: [
      {
        id: 'rollback',
        title: `Roll ${target} back to snapshot '${name}'`,
        kind: 'pve.call',
        destructive: true,
        args: {
          method: 'POST',
          path: `${guestPath(guest)}/snapshot/${name}/rollback`,
          params: start ? { start: true } : {},
          task: wait ? 'wait' : 'detach',
          lookup: { type: `${taskPrefix}rollback`, id: String(guest.vmid) },
        },
        bind: { upid: 'upid' },
      },
    ],
    variables: { upid: null },
    impact: impactOf(target, name, snapshot, known ?? []),
    notes: powerNotes(guest, target, snapshot, start),
    result: {
      vmid: guest.vmid,
      name: guest.name,
      node: guest.node,
      snapshot: name,
      upid: { $var: 'upid' },
    },
  };
}

function impactOf(
  target: string,
  name: string,
  snapshot: Snapshot | undefined,
  known: readonly Snapshot[],
): Impact {
  const since =
    snapshot?.takenSeconds === undefined
      ? `since snapshot '${name}' was taken`
      : `since ${momentOf(snapshot.takenSeconds)}`;
  return {
    removes: [{ what: 'changes to', name: target, detail: `disks and settings, ${since}` }],
    keeps: laterThan(snapshot, known).map((later) => ({
      what: 'later snapshot',
      name: later.name,
      detail: `${snapshotDetail(later)}; on ZFS the rollback is refused while it is there`,
    })),
  };
}

/** The snapshots between this one and what the guest is now. */
function laterThan(snapshot: Snapshot | undefined, known: readonly Snapshot[]): Snapshot[] {
  if (snapshot === undefined) return [];
  const between: Snapshot[] = [];
  const byName = new Map(known.map((one) => [one.name, one]));
  for (
    let one = known.find(({ current }) => current);
    one !== undefined && one !== snapshot && !between.includes(one);
    one = byName.get(one.parent ?? '')
  )
    between.unshift(one);
  // Not in between: the guest stands on another branch.
  return between[0]?.parent === snapshot.name ? between : [];
}

function powerNotes(
  guest: Guest,
  target: string,
  snapshot: Snapshot | undefined,
  start: boolean,
): string[] {
  if (snapshot?.vmstate) return [`${target} goes on running from the saved memory.`];
  if (guest.status === 'stopped' || start) return [];
  const unknown = snapshot === undefined ? ', unless the snapshot has its memory' : '';
  return [
    `${target} is ${guest.status}: it is stopped by this${unknown}. --start starts it again.`,
  ];
}
