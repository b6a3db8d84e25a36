import type { Guest, Inventory } from '@pmx-cli/kit';
import { InterruptedError, normalizeError, SurroundingsError } from '@pmx-cli/kit/errors';

import { guestLabel } from '../guest/kind.js';

export interface GuestEvent {
  /** ISO 8601, when it was seen. */
  time: string;
  event: 'appeared' | 'gone' | 'status' | 'node' | 'name' | 'lock' | 'tags';
  type: Guest['type'];
  vmid: number;
  name: string;
  node: string;
  status: Guest['status'];
  from: string | null;
  to: string | null;
}

export interface WatchRequest {
  type: Guest['type'];
  /** Undefined: every guest of that type, also one that comes later. */
  vmids: ReadonlySet<number> | undefined;
  intervalMillis: number;
  until?: 'running' | 'stopped';
  timeoutMillis?: number;
  /** Aborts at Ctrl-C, which is how a watch ends well. */
  signal: AbortSignal;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Awaited, so that events come one after the other. */
  onEvent(event: GuestEvent): Promise<void>;
  /** The server is away for a while. */
  warn(text: string): void;
}

const watched = ['status', 'node', 'name', 'lock', 'tags'] as const;

/**
 * Looks at the list of guests again and again and tells what has changed in it.
 * @throws SurroundingsError `PMX_WAIT_TIMEOUT` when `until` did not come true in time
 */
export async function watchGuests(
  inventory: Pick<Inventory, 'guests'>,
  request: WatchRequest,
): Promise<GuestEvent[]> {
  const deadline = Date.now() + (request.timeoutMillis ?? Infinity);
  const events: GuestEvent[] = [];
  let before: Map<number, Guest> | undefined;
  while (!request.signal.aborted) {
    const now = await look(inventory, request, before === undefined);
    if (now) {
      for (const event of before ? changes(before, now) : []) {
        events.push(event);
        await request.onEvent(event);
      }
      before = now;
      if (request.until !== undefined && isReached(now, request)) return events;
    }
    const left = deadline - Date.now();
    if (left <= 0) {
      if (request.until === undefined) return events;
      throw notReached(request, before);
    }
    await request
      .sleep(Math.min(request.intervalMillis, left), request.signal)
      .catch((error: unknown) => {
        if (!(error instanceof InterruptedError)) throw error;
      });
  }
  return events;
}

async function look(
  inventory: Pick<Inventory, 'guests'>,
  { type, vmids, signal, warn }: WatchRequest,
  first: boolean,
): Promise<Map<number, Guest> | undefined> {
  try {
    const guests = (await inventory.guests()).filter(
      (guest) => guest.type === type && (vmids ? vmids.has(guest.vmid) : !guest.template),
    );
    return new Map(guests.map((guest) => [guest.vmid, guest]));
  } catch (thrown) {
    const error = normalizeError(thrown);
    if (signal.aborted) return undefined;
    if (first || error.exitCode !== 2) throw error;
    warn(error.message);
    return undefined;
  }
}

/** What is different; a guest that is unknown for a moment (its node does not answer) is one, too. */
export function changes(
  before: ReadonlyMap<number, Guest>,
  now: ReadonlyMap<number, Guest>,
): GuestEvent[] {
  const events: GuestEvent[] = [];
  const time = new Date().toISOString();
  const tell = (
    guest: Guest,
    event: GuestEvent['event'],
    from: string | undefined,
    to: string | undefined,
  ): void => {
    const { type, vmid, name, node, status } = guest;
    events.push({
      ...{ time, event, type, vmid, name, node, status },
      from: from ?? null,
      to: to ?? null,
    });
  };
  for (const guest of now.values()) {
    const old = before.get(guest.vmid);
    if (!old) {
      tell(guest, 'appeared', undefined, guest.status);
      continue;
    }
    for (const field of watched) {
      const [from, to] = [textOf(old, field), textOf(guest, field)];
      if (from !== to) tell(guest, field, from, to);
    }
  }
  for (const guest of before.values())
    if (!now.has(guest.vmid)) tell(guest, 'gone', guest.status, undefined);
  return events;
}

function textOf(guest: Guest, field: (typeof watched)[number]): string | undefined {
  const value = guest[field];
  return Array.isArray(value) ? value.toSorted().join(',') : value;
}

function isReached(now: ReadonlyMap<number, Guest>, { vmids, until }: WatchRequest): boolean {
  const guests = [...now.values()];
  // One that is gone never comes to run; it has stopped for good, though.
  if (until === 'running' && vmids && guests.length < vmids.size) return false;
  return guests.every(({ status }) => status === until);
}

function notReached(
  { until, timeoutMillis }: WatchRequest,
  last: ReadonlyMap<number, Guest> | undefined,
): SurroundingsError {
  const open = [...(last?.values() ?? [])].filter(({ status }) => status !== until);
  return new SurroundingsError({
    code: 'PMX_WAIT_TIMEOUT',
    message: `Not all ${until} within ${timeoutMillis! / 1000} s: ${open.map((guest) => `${guestLabel(guest)} is ${guest.status}`).join('; ')}.`,
    hints: ['Give it longer with --timeout, for example --timeout 15m.'],
    data: { until, open: open.map(({ vmid, status }) => ({ vmid, status })) },
  });
}
