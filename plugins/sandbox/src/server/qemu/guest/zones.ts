/** A moment as a guest's time zone shows it. */
export interface LocalTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  weekday: number;
  offsetMinutes: number;
  zone: string;
}

const MINUTE = 60_000;
const UTC_NAMES = new Set(['UTC', 'Etc/UTC', 'Etc/UCT', 'Zulu', 'Universal', 'GMT', 'Etc/GMT']);

export function zoneNames(): string[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone'), 'Etc/UTC', 'UTC'])].sort();
}

export function isZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** How far a zone is ahead of UTC at a moment, in minutes. */
export function offsetAt(zone: string, millis: number): number {
  if (UTC_NAMES.has(zone)) return 0;
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const text = parts.formatToParts(millis).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const match = /([+-])(\d\d):?(\d\d)/.exec(text);
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

/** CET, EST …; a number where there is no such name. */
function abbreviation(zone: string, millis: number, offset: number): string {
  if (UTC_NAMES.has(zone)) return zone.includes('GMT') ? 'GMT' : 'UTC';
  for (const locale of ['en-US', 'en-GB', 'en-AU', 'en-IN']) {
    const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' });
    const name = parts.formatToParts(millis).find(({ type }) => type === 'timeZoneName')?.value;
    if (name !== undefined && /^[A-Z]{3,5}$/.test(name) && name !== 'GMT') return name;
  }
  return offsetText(offset, '').replace(/00$/, '');
}

/** `+0200`, or with a separator `+02:00`. */
export function offsetText(minutes: number, separator: string): string {
  const size = Math.abs(minutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${separator}${two(size % 60)}`;
}

export function localTime(zone: string, millis: number): LocalTime {
  const offsetMinutes = offsetAt(zone, millis);
  const shifted = new Date(millis + offsetMinutes * MINUTE);
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    second: shifted.getUTCSeconds(),
    weekday: shifted.getUTCDay(),
    offsetMinutes,
    zone: abbreviation(zone, millis, offsetMinutes),
  };
}

/** The moment at which a zone's clocks show this, written as if it were UTC. */
export function momentOf(zone: string, shown: number): number {
  const guess = shown - offsetAt(zone, shown) * MINUTE;
  return shown - offsetAt(zone, guess) * MINUTE;
}
