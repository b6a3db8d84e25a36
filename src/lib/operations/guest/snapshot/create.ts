import type { Guest, Plan, PveReader, Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { withMarker } from '../../shared/marker.js';
import { guestLabel, guestPath, kindOf } from '../kind.js';
import { checkSnapshotName, snapshotNameAt } from './name.js';
import { snapshotsOfFew } from './read.js';

export interface SnapshotRequest {
  name: string | undefined;
  description: string | undefined;
  /** Save the memory of running VMs as well. */
  vmstate: boolean;
  wait: boolean;
}

export interface SnapshotResult {
  vmid: number;
  name: string;
  node: string;
  snapshot: string;
  upid: string | null;
}

/**
 * One snapshot of each guest, all of the same name.
 * @throws RequestError `PMX_INVALID_SNAPSHOT_NAME`, `PMX_SNAPSHOT_EXISTS`
 */
export async function planSnapshots(
  pve: PveReader,
  guests: readonly Guest[],
  request: SnapshotRequest,
): Promise<Plan[]> {
  const name = request.name ?? snapshotNameAt(new Date());
  for (const guest of guests) checkSnapshotName(name, guest);
  const present = await snapshotsOfFew(pve, guests);
  const having = guests.filter((_, index) => present[index]?.some((known) => known.name === name));
  if (having.length > 0) throw exists(name, having);
  return guests.map((guest) => planSnapshot(guest, name, request));
}

function planSnapshot(guest: Guest, name: string, request: SnapshotRequest): Plan {
  const target = guestLabel(guest);
  const withMemory = request.vmstate && guest.status !== 'stopped';
  return {
    operation: `${kindOf(guest).topic}.snapshot.create`,
    target,
    title: `Take snapshot '${name}' of ${target}`,
    steps: [snapshotStep(guest, name, { ...request, vmstate: withMemory })],
    variables: { upid: null },
    ...(request.vmstate &&
      !withMemory && { notes: [`${target} is stopped: there is no memory to save.`] }),
    result: {
      vmid: guest.vmid,
      name: guest.name,
      node: guest.node,
      snapshot: name,
      upid: { $var: 'upid' },
    },
  };
}

/** Taking a snapshot as a step, also of plans that want a way back. */
export function snapshotStep(
  guest: Guest,
  name: string,
  { description = '', vmstate, wait }: Omit<SnapshotRequest, 'name'>,
): Step {
  const path = guestPath(guest);
  const target = guestLabel(guest);
  return {
    id: 'snapshot',
    title: `Take snapshot '${name}' of ${target}${vmstate ? ' with its memory' : ''}`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: `${path}/snapshot`,
      params: {
        snapname: name,
        description: withMarker(description),
        ...(vmstate && { vmstate: true }),
      },
      task: wait ? 'wait' : 'detach',
      lookup: { type: `${kindOf(guest).taskPrefix}snapshot`, id: String(guest.vmid) },
    },
    bind: { upid: 'upid' },
    undo: [
      {
        title: `Delete snapshot '${name}' of ${target}`,
        kind: 'pve.discard-snapshot',
        args: { guest: path, name },
      },
    ],
  };
}

function exists(name: string, guests: readonly Guest[]): RequestError {
  const { topic } = kindOf(guests[0]!);
  return new RequestError({
    code: 'PMX_SNAPSHOT_EXISTS',
    message: `${guests.map(guestLabel).join(', ')} ${guests.length === 1 ? 'has' : 'have'} a snapshot '${name}' already.`,
    hints: [
      'Take another name, or leave --name out: then it is made from the time.',
      `See what there is: pmx ${topic} snapshot list ${guests[0]!.vmid}`,
    ],
  });
}
