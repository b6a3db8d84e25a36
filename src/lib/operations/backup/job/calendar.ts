import { invalid } from '@pmx-cli/kit';

/** What systemd and Proxmox VE call these moments. */
const words = new Set([
  'minutely',
  'hourly',
  'daily',
  'weekly',
  'monthly',
  'quarterly',
  'semiannually',
  'semi-annually',
  'yearly',
  'annually',
]);

const weekdays: ReadonlyArray<readonly string[]> = [
  ['mon', 'monday'],
  ['tue', 'tues', 'tuesday'],
  ['wed', 'wednes', 'wednesday'],
  ['thu', 'thur', 'thurs', 'thursday'],
  ['fri', 'friday'],
  ['sat', 'satur', 'saturday'],
  ['sun', 'sunday'],
];

type Limits = readonly [min: number, max: number];

const hours: Limits = [0, 23];
const sixty: Limits = [0, 59];
const months: Limits = [1, 12];
const monthDays: Limits = [1, 31];
const years: Limits = [1970, 2100];

/**
 * A calendar event of Proxmox VE: `[WEEKDAYS] [[YEAR-]MONTH-DAY] [HOUR:MINUTE]`, each part with
 * lists, ranges and repetitions.
 * @throws RequestError `PMX_INVALID_SCHEDULE`
 */
export function parseSchedule(value: string): string {
  const text = value.trim();
  if (text.length > 128 || !isEvent(text.toLowerCase())) {
    throw invalid(
      'PMX_INVALID_SCHEDULE',
      'Schedule',
      value,
      'it must be a calendar event: [WEEKDAYS] [[YEAR-]MONTH-DAY] [HOUR:MINUTE]',
      "For example: 'sun 02:00', 'mon..fri 22:30', '*/15' (every 15 minutes), '*-*-1 04:00', daily",
    );
  }
  return text;
}

function isEvent(text: string): boolean {
  const parts = text.split(/\s+/).filter((part) => part !== '');
  if (parts.at(-1) === 'utc') parts.pop();
  if (parts.length === 0) return false;
  if (parts.length === 1 && words.has(parts[0]!)) return true;
  if (/^[a-z]/.test(parts[0]!) && !isWeekdays(parts.shift()!)) return false;
  if (parts[0]?.includes('-') && !isDate(parts.shift()!)) return false;
  if (parts.length > 0 && !isTime(parts.shift()!)) return false;
  return parts.length === 0;
}

function isWeekdays(list: string): boolean {
  return list.split(',').every((item) => {
    const [from = '', to, ...rest] = item.split('..');
    const isDay = (name: string): boolean => weekdays.some((names) => names.includes(name));
    return rest.length === 0 && isDay(from) && (to === undefined || isDay(to));
  });
}

function isDate(date: string): boolean {
  const parts = date.split('-');
  const limits = [years, months, monthDays].slice(-parts.length);
  return (
    (parts.length === 2 || parts.length === 3) &&
    parts.every((part, index) => isField(part, limits[index]!))
  );
}

/** Without a colon it is minutes: every quarter of an hour is a star, a slash and 15. */
function isTime(time: string): boolean {
  const parts = time.split(':');
  const limits = parts.length === 1 ? [sixty] : [hours, sixty, sixty];
  return parts.length <= 3 && parts.every((part, index) => isField(part, limits[index]!));
}

function isField(field: string, [min, max]: Limits): boolean {
  const within = (text: string): boolean =>
    /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max;
  return field.split(',').every((item) => {
    const [base = '', step, ...more] = item.split('/');
    if (more.length > 0) return false;
    if (step !== undefined && !(/^\d+$/.test(step) && Number(step) >= 1 && Number(step) <= max))
      return false;
    if (base === '*' || (base === '' && step !== undefined)) return true;
    const [from = '', to, ...rest] = base.split('..');
    if (rest.length > 0 || !within(from)) return false;
    return to === undefined || (within(to) && Number(to) >= Number(from));
  });
}
