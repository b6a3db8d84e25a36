import { RequestError } from '@pmx-cli/kit/errors';

const dayMillis = 86_400_000;
/** What a 32-bit clock without a sign can show: 2106-02-07T06:28:15Z. */
const latest = (2 ** 32 - 1) * 1000;

export const usualDays = 3650;
export const mostDays = 7300;

export interface Target {
  /** Milliseconds since 1970. */
  millis: number;
  /** It named no time zone and was taken as UTC. */
  assumedUtc: boolean;
}

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,3})?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/**
 * `2020-01-31`, `2020-01-31T12:00`, `2020-01-31 12:00:00+02:00`.
 * @throws RequestError `PMX_INVALID_DATE`
 */
export function parseDate(text: string): Target {
  const match = pattern.exec(text.trim());
  if (!match) throw invalidDate(text, 'it must look like 2020-01-31 or 2020-01-31T12:00:00Z');
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
  if (hour > 23 || minute > 59 || second > 59)
    throw invalidDate(text, 'there is no such time of day');
  const shown = Date.UTC(year, month - 1, day, hour, minute, second);
  const back = new Date(shown);
  if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day || year < 100)
    throw invalidDate(text, 'there is no such day');
  const millis = shown - zoneMillis(match[7]);
  refuseRange(text, millis);
  return { millis, assumedUtc: match[7] === undefined };
}

function zoneMillis(zone: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '') ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function refuseRange(text: string, millis: number): void {
  if (millis < 0) throw invalidDate(text, 'no clock of a guest goes back before 1970');
  if (millis > latest)
    throw invalidDate(text, 'clocks of 32 bits end on 2106-02-07, so nothing later is taken');
}

const units: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: dayMillis,
  w: 7 * dayMillis,
};

/**
 * `-3y`, `+30d`, `-90m`, also several: `-1y6w`. A year is one of the calendar.
 * @returns the moment that this is from `now`
 * @throws RequestError `PMX_INVALID_OFFSET`, `PMX_INVALID_DATE`
 */
export function parseOffset(text: string, now: number): number {
  const [, sign, rest = ''] = /^([+-])((?:\d{1,6}[ywdhms])+)$/.exec(text) ?? [];
  if (sign === undefined)
    throw invalidOffset(text, 'it must have a sign and numbers with y, w, d, h, m (minutes) or s');
  const direction = sign === '-' ? -1 : 1;
  let millis = now;
  for (const [, count, unit] of rest.matchAll(/(\d+)([ywdhms])/g)) {
    if (unit === 'y') millis = addYears(millis, direction * Number(count));
    else millis += direction * Number(count) * units[unit!]!;
  }
  if (millis === now) throw invalidOffset(text, 'nothing would be shifted');
  refuseRange(text, millis);
  return millis;
}

/** 29 February becomes the 28th in a year that has none. */
function addYears(millis: number, years: number): number {
  const date = new Date(millis);
  const month = date.getUTCMonth();
  date.setUTCFullYear(date.getUTCFullYear() + years);
  if (date.getUTCMonth() !== month) date.setUTCDate(0);
  return date.getTime();
}

/** @throws RequestError `PMX_SHIFT_TOO_FAR` */
export function refuseTooFar(millis: number, now: number, maxDays: number): void {
  const days = Math.abs(millis - now) / dayMillis;
  if (days <= maxDays) return;
  throw new RequestError({
    code: 'PMX_SHIFT_TOO_FAR',
    message: `${new Date(millis).toISOString()} is ${Math.ceil(days)} days away; the limit is ${maxDays}.`,
    hints:
      days <= mostDays
        ? [`If that is what you want: --max-days ${Math.ceil(days)}`]
        : [`More than ${mostDays} days are never shifted.`],
    data: { days: Math.ceil(days), limit: maxDays },
  });
}

function invalidDate(text: string, rule: string): RequestError {
  return new RequestError({
    code: 'PMX_INVALID_DATE',
    message: `'${text}' is no date to shift to: ${rule}.`,
    hints: ['For example: --to 2020-01-31 or --to 2020-01-31T12:00:00+02:00'],
  });
}

function invalidOffset(text: string, rule: string): RequestError {
  return new RequestError({
    code: 'PMX_INVALID_OFFSET',
    message: `'${text}' is no offset: ${rule}.`,
    hints: ['For example: --offset=-3y, --offset=+30d or --offset=-90m'],
  });
}
