import { Flags } from '@oclif/core';
import { parseAge, parseDuration } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import {
  mostDays,
  parseDate,
  parseOffset,
  refuseTooFar,
  usualDays,
} from '../../operations/time/date.js';

/** `15m`, `8h`, `7d`, in milliseconds. */
export const span = Flags.custom<number>({
  helpValue: 'TIME',
  parse: async (value) => (/^\d+[dw]$/.test(value) ? parseAge(value) : parseDuration(value)),
});

const group = 'DATE';

const hosts = {
  helpValue: 'HOST[:PORT]',
  helpGroup: group,
  multiple: true,
  multipleNonGreedy: true,
  delimiter: ',',
} as const;

/** Where to: one of the four. */
export const targetTime = {
  to: Flags.string({
    description: 'Date, as in 2020-01-31 or 2020-01-31T12:00:00+02:00; without a zone it is UTC.',
    helpValue: 'DATE',
    helpGroup: group,
    exclusive: ['offset', 'for-cert', 'from-idrac'],
  }),
  offset: Flags.string({
    description: 'Distance from now: -3y, +30d, -90m (minutes). Write it with =.',
    helpValue: 'OFFSET',
    helpGroup: group,
    exclusive: ['for-cert', 'from-idrac'],
  }),
  'for-cert': Flags.string({
    description: 'Hosts whose certificates are to be valid, at the date that is closest to now.',
    exclusive: ['from-idrac'],
    ...hosts,
  }),
  'from-idrac': Flags.string({
    description: 'As --for-cert, and only for management controllers (iDRAC and the like).',
    ...hosts,
  }),
  'max-days': Flags.integer({
    description: 'How far away the date may be.',
    helpGroup: group,
    default: usualDays,
    min: 1,
    max: mostDays,
  }),
};

export interface TargetTime {
  to?: string | undefined;
  offset?: string | undefined;
  'for-cert'?: string[] | undefined;
  'from-idrac'?: string[] | undefined;
  'max-days': number;
}

interface Surroundings {
  note: (text: string) => void;
  signal: AbortSignal;
}

/**
 * @param stay milliseconds that the clock stays there, as far as that is known
 * @returns milliseconds since 1970
 * @throws RequestError `PMX_NO_DATE`, and what parsing and certificates say
 */
export async function readTarget(
  flags: TargetTime,
  stay: number | undefined,
  { note, signal }: Surroundings,
): Promise<number> {
  const now = Date.now();
  const to = await momentOf(flags, now, stay, { note, signal });
  refuseTooFar(to, now, flags['max-days']);
  return to;
}

async function momentOf(
  flags: TargetTime,
  now: number,
  stay: number | undefined,
  { note, signal }: Surroundings,
): Promise<number> {
  if (flags.to !== undefined) {
    const { millis, assumedUtc } = parseDate(flags.to);
    if (assumedUtc)
      note(`${flags.to} names no time zone and is taken as UTC: ${new Date(millis).toISOString()}`);
    return millis;
  }
  if (flags.offset !== undefined) return parseOffset(flags.offset, now);
  const words = flags['from-idrac'] ?? flags['for-cert'] ?? [];
  if (words.length > 0) {
    const [{ dateForAll, readWindow }, { parseTarget }] = await Promise.all([
      import('../../operations/idrac/window.js'),
      import('../bmc/host-flags.js'),
    ]);
    const targets = await Promise.all(words.map(parseTarget));
    const controllers = flags['from-idrac'] !== undefined;
    const to = dateForAll(await readWindow({ targets, signal, stay, controllers }));
    note(`The certificates of ${words.join(', ')} are valid at ${new Date(to).toISOString()}.`);
    return to;
  }
  throw new RequestError({
    code: 'PMX_NO_DATE',
    message: 'It does not say where the clock is to go.',
    hints: [
      'Give one of --to 2020-01-31, --offset=-3y, --for-cert idrac-07.example.org or --from-idrac idrac-07.example.org.',
    ],
  });
}
