import { localTime, momentOf, offsetText } from './zones.js';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAY_SECONDS = 86_400;
const COMPOSED: Readonly<Record<string, string>> = {
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  R: '%H:%M',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  c: '%a %b %e %H:%M:%S %Y',
  h: '%b',
  r: '%I:%M:%S %p',
  x: '%m/%d/%y',
};

/** What `date` and timedatectl write when nobody says how. */
export const DATE_FORMAT = '%a %b %e %H:%M:%S %Z %Y';

/** Writes a moment as `date +FORMAT` does. */
export function formatDate(format: string, millis: number, zone: string): string {
  return format.replace(
    /%([-_0^]?)(\d*)(:?[a-zA-Z%])/g,
    (all, flag: string, width: string, letter: string) => {
      const composed = COMPOSED[letter];
      if (composed !== undefined) return formatDate(composed, millis, zone);
      const value = part(letter, millis, zone);
      return value === undefined
        ? all
        : padded(value, flag, letter === 'N' ? '' : width, letter, width);
    },
  );
}

type Part = { text: string; width: number; fill: string };

const number = (value: number, width = 2, fill = '0'): Part => ({
  text: String(value),
  width,
  fill,
});
const plain = (text: string): Part => ({ text, width: 0, fill: ' ' });

function part(letter: string, millis: number, zone: string): Part | undefined {
  const at = localTime(zone, millis);
  const yearDay =
    Math.floor(
      (Date.UTC(at.year, at.month - 1, at.day) - Date.UTC(at.year, 0, 1)) / (DAY_SECONDS * 1000),
    ) + 1;
  const parts: Record<string, () => Part> = {
    s: () => plain(String(Math.floor(millis / 1000))),
    N: () => plain(String((Math.floor(millis) % 1000) * 1_000_000).padStart(9, '0')),
    Y: () => number(at.year, 4),
    C: () => number(Math.floor(at.year / 100)),
    y: () => number(at.year % 100),
    m: () => number(at.month),
    d: () => number(at.day),
    e: () => number(at.day, 2, ' '),
    H: () => number(at.hour),
    k: () => number(at.hour, 2, ' '),
    I: () => number(at.hour % 12 || 12),
    l: () => number(at.hour % 12 || 12, 2, ' '),
    M: () => number(at.minute),
    S: () => number(at.second),
    j: () => number(yearDay, 3),
    u: () => number(at.weekday || 7, 1),
    w: () => number(at.weekday, 1),
    q: () => number(Math.ceil(at.month / 3), 1),
    U: () => number(Math.floor((yearDay + 6 - at.weekday) / 7)),
    W: () => number(Math.floor((yearDay + 6 - ((at.weekday + 6) % 7)) / 7)),
    V: () => number(isoWeek(at.year, at.month, at.day).week),
    G: () => number(isoWeek(at.year, at.month, at.day).year, 4),
    p: () => plain(at.hour < 12 ? 'AM' : 'PM'),
    P: () => plain(at.hour < 12 ? 'am' : 'pm'),
    a: () => plain(DAYS[at.weekday]!.slice(0, 3)),
    A: () => plain(DAYS[at.weekday]!),
    b: () => plain(MONTHS[at.month - 1]!.slice(0, 3)),
    B: () => plain(MONTHS[at.month - 1]!),
    z: () => plain(offsetText(at.offsetMinutes, '')),
    ':z': () => plain(offsetText(at.offsetMinutes, ':')),
    Z: () => plain(at.zone),
    n: () => plain('\n'),
    t: () => plain('\t'),
    '%': () => plain('%'),
  };
  return parts[letter]?.();
}

function padded(
  { text, width, fill }: Part,
  flag: string,
  wanted: string,
  letter: string,
  digits: string,
): string {
  if (letter === 'N' && digits !== '') return text.slice(0, Number(digits));
  if (flag === '^') return text.toUpperCase();
  if (flag === '-') return text;
  const filler = flag === '_' ? ' ' : flag === '0' ? '0' : fill;
  return text.padStart(wanted === '' ? width : Number(wanted), filler);
}

function isoWeek(year: number, month: number, day: number): { year: number; week: number } {
  const date = new Date(Date.UTC(year, month - 1, day));
  // The week belongs to the year of its Thursday.
  date.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  const begin = Date.UTC(date.getUTCFullYear(), 0, 1);
  const week = Math.ceil(((date.getTime() - begin) / (DAY_SECONDS * 1000) + 1) / 7);
  return { year: date.getUTCFullYear(), week };
}

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  sec: 1,
  second: 1,
  min: 60,
  minute: 60,
  hour: 3600,
  day: DAY_SECONDS,
  week: 7 * DAY_SECONDS,
  fortnight: 14 * DAY_SECONDS,
};
const ISO = /(\d{4})-(\d\d?)-(\d\d?)/;
const CLOCK = /(?:^|[T\s])(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d+))?)?/;
const ZONE = /(?:\s*(?:UTC|GMT)|(?<=\d)Z)$|\s*([+-])(\d\d):?(\d\d)$/i;
const WORDS = /(?:(\d\d?)\s+([A-Za-z]{3,9})|([A-Za-z]{3,9})\s+(\d\d?),?)\s+(\d{4})/;
const RELATIVE =
  /([+-]?\s*\d+)?\s*\b(sec|second|min|minute|hour|day|week|fortnight|month|year)s?\b(\s+ago)?/gi;

/** Reads what `date -d` and `-s` take: the common forms, not all of GNU's; undefined when it is none. */
export function parseDate(text: string, now: number, zone: string): number | undefined {
  let rest = text.trim();
  const epoch = /^@(-?\d+(?:\.\d+)?)$/.exec(rest);
  if (epoch) return Number(epoch[1]) * 1000;
  const offset = takeOffset();
  const at = localTime(zone, now);
  let shown = Date.UTC(at.year, at.month - 1, at.day);
  const day = takeDay();
  if (day !== undefined) shown = day;
  const clock = CLOCK.exec(rest);
  if (clock) {
    const [hour, minute, second] = [clock[1], clock[2], clock[3] ?? 0].map(Number) as [
      number,
      number,
      number,
    ];
    if (hour > 23 || minute > 59 || second > 60) return undefined;
    shown +=
      ((hour * 60 + minute) * 60 + second) * 1000 + Math.floor(Number(`0.${clock[4] ?? 0}`) * 1000);
    rest = rest.replace(CLOCK, ' ');
  }
  const fixed = day !== undefined || clock !== null;
  let millis = fixed ? (offset === undefined ? momentOf(zone, shown) : shown - offset) : now;
  millis = takeRelative(millis);
  return rest.trim() === '' && text.trim() !== '' && !Number.isNaN(millis) ? millis : undefined;

  function takeOffset(): number | undefined {
    const match = ZONE.exec(rest);
    if (!match || /^\s*[+-]?\d+\s*[a-z]/i.test(rest)) return undefined;
    // `2020-01-01` ends like an offset and is none.
    if (match[1] !== undefined && !CLOCK.test(rest.slice(0, match.index))) return undefined;
    rest = rest.slice(0, match.index);
    const minutes = Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
    return (match[1] === '-' ? -1 : 1) * minutes * 60_000;
  }

  function takeDay(): number | undefined {
    const iso = ISO.exec(rest);
    const words = iso ? null : WORDS.exec(rest);
    let parts: [number, number, number];
    if (iso) parts = [Number(iso[1]), Number(iso[2]), Number(iso[3])];
    else if (words) {
      const name = (words[2] ?? words[3]!).slice(0, 3).toLowerCase();
      const month = MONTHS.findIndex((entry) => entry.slice(0, 3).toLowerCase() === name) + 1;
      parts = [Number(words[5]), month, Number(words[1] ?? words[4])];
    } else return undefined;
    const [year, month, dayOfMonth] = parts;
    const midnight = Date.UTC(year, month - 1, dayOfMonth);
    if (month < 1 || new Date(midnight).getUTCDate() !== dayOfMonth) return NaN;
    rest = rest
      .replace(iso ? ISO : WORDS, ' ')
      .replace(/^\s*(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s/i, ' ');
    return midnight;
  }

  function takeRelative(from: number): number {
    let result = from;
    rest = rest
      .replace(/\b(now|today)\b/gi, '')
      .replace(/\byesterday\b/gi, '-1 day')
      .replace(/\btomorrow\b/gi, '1 day');
    rest = rest.replace(RELATIVE, (_all, count: string | undefined, unit: string, ago?: string) => {
      const amount = Number((count ?? '1').replace(/\s/g, '')) * (ago === undefined ? 1 : -1);
      const name = unit.toLowerCase();
      const date = new Date(result);
      if (name === 'month') date.setUTCMonth(date.getUTCMonth() + amount);
      else if (name === 'year') date.setUTCFullYear(date.getUTCFullYear() + amount);
      result = name in UNIT_SECONDS ? result + amount * UNIT_SECONDS[name]! * 1000 : date.getTime();
      return ' ';
    });
    return result;
  }
}
