import type { Guest, Step, TimePlace } from '@pmx-cli/kit';

import { guestLabel } from '../guest/kind.js';

export interface ShiftWords {
  /** Milliseconds since 1970. */
  to: number;
  uuid: string;
  context?: string | undefined;
  reason?: string | undefined;
  restoreAfter?: number | undefined;
  persist?: boolean;
  transient?: boolean;
}

/** Down to the shifted clock: each step can be taken back by itself, from the record alone. */
export function shiftSteps(guest: Guest, place: TimePlace, words: ShiftWords): Step[] {
  const { to, uuid, context, reason, restoreAfter, persist = false, transient = false } = words;
  const label = guestLabel(guest);
  const rtc = persist && { rtc: true };
  return [
    {
      id: 'save',
      title: `Write down how the clock of ${label} is kept`,
      kind: 'time.save',
      args: {
        ...place,
        name: guest.name,
        uuid,
        to,
        ...(context !== undefined && { context }),
        ...(reason !== undefined && { reason }),
        ...(restoreAfter !== undefined && { restoreAfter }),
        ...(persist && { persist }),
        ...(transient && { transient }),
      },
      bind: { original: 'original', restoreAt: 'restoreAt' },
      undo: [{ title: `Forget the shift of ${label}`, kind: 'time.discard', args: place }],
    },
    {
      id: 'ntp',
      title: `Stop what keeps the time in ${label}`,
      kind: 'time.services',
      args: { ...place, running: false, of: 'last' },
      bind: { stopped: 'services' },
      undo: [
        {
          title: `Start what kept the time in ${label}`,
          kind: 'time.services',
          args: { ...place, running: true, of: 'last' },
        },
      ],
    },
    {
      id: 'clock',
      title: `Set the clock of ${label} to ${new Date(to).toISOString()}`,
      kind: 'time.set',
      args: { ...place, to, ...rtc },
      bind: { offset: 'offset', error: 'error' },
      undo: [
        {
          title: `Set the clock of ${label} back`,
          kind: 'time.set',
          args: { ...place, to: 'last', ...rtc },
        },
      ],
    },
  ];
}

/** Brings the clock to where it was before this shift, or before the first one; NTP comes last. */
export function backSteps(
  guest: Guest,
  place: TimePlace,
  of: 'first' | 'last',
  rtc: boolean,
): Step[] {
  const label = guestLabel(guest);
  return [
    {
      id: 'back',
      title: `Set the clock of ${label} back`,
      kind: 'time.set',
      args: { ...place, to: of, ...(rtc && { rtc }) },
    },
    servicesBackStep(guest, place, of),
    {
      id: 'measure',
      title: `Measure the clock of ${label}`,
      kind: 'time.measure',
      args: { ...place, of },
      bind: { left: 'error' },
    },
  ];
}

export function servicesBackStep(guest: Guest, place: TimePlace, of: 'first' | 'last'): Step {
  return {
    id: 'ntp-back',
    title: `Start what kept the time in ${guestLabel(guest)}`,
    kind: 'time.services',
    args: { ...place, running: true, of },
    bind: { started: 'services' },
  };
}
