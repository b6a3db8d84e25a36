import { invalid } from '@pmx-cli/kit';

/** One moment that comes again and again, as both schedulers have it. */
export interface When {
  /** As typed. */
  text: string;
  /** `30 3 * * 1-5` */
  cron: string;
  /** `OnCalendar=` of systemd. */
  calendar: string;
}

const fixed: Readonly<Record<string, readonly [cron: string, calendar: string]>> = {
  hourly: ['0 * * * *', 'hourly'],
  daily: ['0 0 * * *', 'daily'],
  weekly: ['0 0 * * 1', 'weekly'],
  monthly: ['0 0 1 * *', 'monthly'],
};

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** @throws RequestError `PMX_INVALID_TIME_OF_SCHEDULE` */
export function parseWhen(text: string): When {
  const known = Object.hasOwn(fixed, text) ? fixed[text] : undefined;
  const [cron, calendar] = known ?? every(text) ?? atTime(text) ?? refuse(text);
  return { text, cron, calendar };
}

/** `every 15m`, `every 6h`: what divides the hour or the day, so that the distance is always the same. */
function every(text: string): readonly [string, string] | undefined {
  const [, digits, unit] = /^every (\d{1,2})([mh])$/.exec(text) ?? [];
  const count = Number(digits);
  const whole = unit === 'm' ? 60 : 24;
  if (unit === undefined || count < 1 || count >= whole || whole % count !== 0) return undefined;
  return unit === 'm'
    ? [`*/${count} * * * *`, `*:0/${count}`]
    : [`0 */${count} * * *`, `0/${count}:00`];
}

/** `03:30`, `Mon-Fri 03:30`, `Mon,Thu 03:30`. */
function atTime(text: string): readonly [string, string] | undefined {
  const [, list, hour, minute] = /^(?:(\S+) )?(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59) return undefined;
  const time = `${hour.padStart(2, '0')}:${minute}:00`;
  const clock = `${Number(minute)} ${Number(hour)} * *`;
  if (list === undefined) return [`${clock} *`, `*-*-* ${time}`];
  const chosen = daysOf(list);
  if (!chosen) return undefined;
  return [
    `${clock} ${chosen.join(',')}`,
    `${chosen.map((day) => days[day]).join(',')} *-*-* ${time}`,
  ];
}

function daysOf(list: string): number[] | undefined {
  const found = new Set<number>();
  for (const part of list.split(',')) {
    const ends = part.split('-').map((name) => days.findIndex((day) => day === name));
    const [first, last = first] = ends;
    if (ends.length > 2 || first === undefined || last === undefined || ends.includes(-1))
      return undefined;
    for (let day = first; ; day = (day + 1) % days.length) {
      found.add(day);
      if (day === last) break;
    }
  }
  return [...found].sort((a, b) => a - b);
}

function refuse(text: string): never {
  throw invalid(
    'PMX_INVALID_TIME_OF_SCHEDULE',
    'Time',
    text,
    'it must be hourly, daily, weekly, monthly, "every 15m", "every 6h", "03:30" or "Mon-Fri 03:30"',
    'For example: --at "Mon-Fri 03:30"',
  );
}
