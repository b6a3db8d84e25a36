import type { Guest, PveReader } from '@pmx-cli/kit';

import type { GuestConfig } from '../shared/guest-config.js';
import { guestPath } from './kind.js';

const parallelReads = 8;

/** Looks at each guest, several at a time; the answers in the guests' order. */
export async function eachGuest<T>(
  guests: readonly Guest[],
  look: (guest: Guest) => Promise<T>,
): Promise<T[]> {
  const found: T[] = [];
  const queue = guests.entries();
  const worker = async (): Promise<void> => {
    for (const [index, guest] of queue) found[index] = await look(guest);
  };
  await Promise.all(Array.from({ length: parallelReads }, worker));
  return found;
}

/** The guest's configuration, with changes that wait for a restart. */
export function readConfig(pve: PveReader, guest: Guest): Promise<GuestConfig> {
  return pve.get<GuestConfig>(`${guestPath(guest)}/config`);
}

interface Current {
  status?: string;
  qmpstatus?: string;
  lock?: string;
}

/** The guest with its status as it is now: lists lag, and they call a paused VM running. */
export async function withExactState(pve: PveReader, guest: Guest): Promise<Guest> {
  const { status, qmpstatus, lock } = await pve.get<Current>(`${guestPath(guest)}/status/current`);
  const { lock: _, ...rest } = guest;
  const paused = status === 'running' && (qmpstatus === 'paused' || qmpstatus === 'suspended');
  return {
    ...rest,
    status: paused
      ? 'paused'
      : status === 'running' || status === 'stopped'
        ? status
        : guest.status,
    ...(lock !== undefined && { lock }),
  };
}
