import type { Guest, PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { inParallel } from '../../shared/parallel.js';
import { withoutMarker } from '../../shared/marker.js';
import { guestLabel, guestPath, kindOf } from '../kind.js';

export interface Snapshot {
  vmid: number;
  guest: string;
  name: string;
  /** The snapshot that it stands on. */
  parent: string | undefined;
  /** What the guest is now stands on this one. */
  current: boolean;
  description: string;
  /** The memory was saved as well. */
  vmstate: boolean;
  takenSeconds: number | undefined;
}

interface Row {
  name: string;
  parent?: string;
  description?: string;
  vmstate?: number | string;
  snaptime?: number | string;
}

/** The snapshots of a guest, the oldest first. */
export async function readSnapshots(pve: PveReader, guest: Guest): Promise<Snapshot[]> {
  const rows = await pve.get<Row[]>(`${guestPath(guest)}/snapshot`);
  const base = rows.find(({ name }) => name === 'current')?.parent;
  return rows
    .filter(({ name }) => name !== 'current')
    .map((row) => ({
      vmid: guest.vmid,
      guest: guest.name,
      name: row.name,
      parent: row.parent,
      current: row.name === base,
      description: withoutMarker(row.description ?? ''),
      vmstate: Number(row.vmstate ?? 0) === 1,
      takenSeconds: row.snaptime === undefined ? undefined : Number(row.snaptime),
    }))
    .sort(
      (a, b) =>
        (a.takenSeconds ?? 0) - (b.takenSeconds ?? 0) || depthOf(a, rows) - depthOf(b, rows),
    );
}

/** How many stand below it; of those taken within one second it tells the order. */
function depthOf({ name }: Pick<Row, 'name'>, rows: readonly Row[]): number {
  let depth = 0;
  for (
    let parent = rows.find((row) => row.name === name)?.parent;
    parent !== undefined && depth <= rows.length;
    depth++
  )
    parent = rows.find((row) => row.name === parent)?.parent;
  return depth;
}

/** Beyond so many guests nothing is read for each: what does not fit is refused by PVE itself. */
export const fewGuests = 8;

/** The snapshots of each guest; undefined where there are too many guests to ask for each. */
export function snapshotsOfFew(
  pve: PveReader,
  guests: readonly Guest[],
): Promise<Array<Snapshot[] | undefined>> {
  if (guests.length > fewGuests) return Promise.resolve(guests.map(() => undefined));
  return inParallel(guests, (guest) => readSnapshots(pve, guest));
}

/** @throws RequestError `PMX_SNAPSHOT_NOT_FOUND` */
export function requireSnapshot(
  guest: Guest,
  snapshots: readonly Snapshot[],
  name: string,
): Snapshot {
  const found = snapshots.find((snapshot) => snapshot.name === name);
  if (found) return found;
  const names = snapshots.map((snapshot) => snapshot.name);
  throw new RequestError({
    code: 'PMX_SNAPSHOT_NOT_FOUND',
    message: `${guestLabel(guest)} has no snapshot '${name}'.`,
    hints: [
      names.length > 0 ? `It has: ${names.join(', ')}.` : 'It has none.',
      `See them: pmx ${kindOf(guest).topic} snapshot list ${guest.vmid}`,
    ],
  });
}
