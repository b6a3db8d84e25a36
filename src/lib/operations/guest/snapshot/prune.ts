import { type Guest, globToRegExp, type Plan, type PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { inParallel } from '../../shared/parallel.js';
import { kindOf } from '../kind.js';
import { removalPlan } from './delete.js';
import { readSnapshots, type Snapshot } from './read.js';

export interface PruneRequest {
  /** The newest ones that stay whatever their age. */
  keep: number | undefined;
  /** Only those that are older. */
  olderThanSeconds: number | undefined;
  /** Only those of such a name: `pre-*`. */
  match: string | undefined;
}

/**
 * Old snapshots of each guest go.
 * @throws RequestError `PMX_PRUNE_UNBOUNDED`
 */
export async function planSnapshotPrune(
  pve: PveReader,
  guests: readonly Guest[],
  request: PruneRequest,
  now = Date.now(),
): Promise<Plan[]> {
  if (request.keep === undefined && request.olderThanSeconds === undefined)
    throw unbounded(kindOf(guests[0]!).topic);
  const lists = await inParallel(guests, (guest) => readSnapshots(pve, guest));
  return guests.map((guest, index) => {
    const snapshots = lists[index]!;
    const removes = prunedOf(snapshots, request, now / 1000);
    return removalPlan(
      guest,
      removes.map(({ name }) => name),
      { removes, keeps: snapshots.filter((snapshot) => !removes.includes(snapshot)) },
      'prune',
    );
  });
}

/**
 * Which ones go: of those that match all but the newest, and of these only the old ones.
 * @param snapshots the oldest first
 */
export function prunedOf(
  snapshots: readonly Snapshot[],
  { keep = 0, olderThanSeconds = 0, match }: PruneRequest,
  nowSeconds: number,
): Snapshot[] {
  const pattern = match === undefined ? undefined : globToRegExp(match);
  return (
    snapshots
      .filter(({ name }) => pattern?.test(name) ?? true)
      // One without a time is just being made.
      .filter(({ takenSeconds }) => takenSeconds !== undefined)
      .slice(0, keep === 0 ? undefined : -keep)
      .filter(({ takenSeconds }) => nowSeconds - takenSeconds! >= olderThanSeconds)
  );
}

function unbounded(topic: string): RequestError {
  return new RequestError({
    code: 'PMX_PRUNE_UNBOUNDED',
    message: 'Which ones stay? Neither a number nor an age is given, so all of them would go.',
    hints: [
      `Keep the newest of each guest: pmx ${topic} snapshot prune GUEST --keep 3`,
      `Or only old ones: pmx ${topic} snapshot prune GUEST --older-than 7d`,
    ],
  });
}
