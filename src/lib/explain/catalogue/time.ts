import type { ErrorEntry } from '../entry.js';

/** Shifted clocks. */
export const time: readonly ErrorEntry[] = [
  {
    code: 'PMX_INVALID_DATE',
    title: 'Not a date to shift to',
    meaning:
      'A clock can be shifted to a date that exists, from 1970 to 2106, written as in ISO 8601.',
    causes: [
      'The day does not exist: 30 February.',
      'The date is before 1970 or after 2106, where clocks of 32 bits end.',
      'It is written in another way.',
    ],
    remedies: ['Write it like 2020-01-31 or 2020-01-31T12:00:00+02:00; without a zone it is UTC.'],
  },
  {
    code: 'PMX_INVALID_OFFSET',
    title: 'Not an offset for a clock',
    meaning: 'An offset says how far the clock goes from now: a sign, numbers and units.',
    causes: ['The sign or a unit is missing.', 'It is zero.'],
    remedies: ['Write it like --offset=-3y, --offset=+30d or --offset=-90m.'],
  },
  {
    code: 'PMX_SHIFT_TOO_FAR',
    title: 'The date is too far away',
    meaning:
      'A shift is limited to 3650 days, so that a typing error in the year does not send a guest into another age.',
    causes: ['The year is wrong.', 'The certificate expired more than ten years ago.'],
    remedies: ['Raise the limit with --max-days, up to 7300.'],
  },
  {
    code: 'PMX_INVALID_HOST',
    title: 'Not a host',
    meaning: 'Whose certificate is to be read is told by a name or an address, and a port.',
    causes: ['There is a path or a user in it.', 'The port is not from 1 to 65535.'],
    remedies: ['Write it like idrac-07.example.org, 10.0.0.7:443 or [fd00::7]:443.'],
  },
  {
    code: 'PMX_SHIFT_USELESS',
    title: 'Another date does not help',
    meaning:
      'The certificates were read, and no single shift makes all of them acceptable. Nothing was changed.',
    causes: [
      'The server speaks only TLS of a kind that is refused today, or its key or signature is too weak: at every date.',
      'The validities of several hosts do not overlap.',
      'An intermediate certificate ended before the one below it began.',
      'The certificates are valid now.',
    ],
    remedies: [
      'See what would help whom: pmx time window HOST...',
      'Replace the certificate, update the firmware.',
    ],
  },
];
