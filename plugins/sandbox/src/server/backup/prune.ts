import { failure } from '../errors.js';

const KEYS = [
  'keep-last',
  'keep-hourly',
  'keep-daily',
  'keep-weekly',
  'keep-monthly',
  'keep-yearly',
] as const;
type Key = (typeof KEYS)[number];

/** How many backups of a guest stay; all of them when nothing limits it. */
export type Keep = Partial<Record<Key, number>>;

/** Reads `keep-last=3,keep-daily=7`. */
export function parseKeep(text: string): Keep {
  const keep: Keep = {};
  let all = false;
  for (const part of text.split(',').filter((piece) => piece.trim() !== '')) {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(part) ?? [];
    if (name === 'keep-all' && /^[01]$/.test(value)) all = value === '1';
    else if (!KEYS.includes(name as Key))
      throw failure(
        `format error\n${name || part}: property is not defined in schema and the schema does not allow additional properties`,
      );
    else if (!/^\d+$/.test(value))
      throw failure(`format error\n${name}: type check ('integer') failed - got '${value}'`);
    else if (Number(value) > 0) keep[name as Key] = Number(value);
  }
  if (all && Object.keys(keep).length > 0)
    throw failure('keep-all cannot be set together with other options.');
  return keep;
}

/** Writes the options as vzdump's log shows them. */
export function printKeep(keep: Keep): string {
  return KEYS.filter((key) => keep[key] !== undefined)
    .map((key) => `${key}=${keep[key]!}`)
    .join(', ');
}

const PERIODS: Readonly<Record<Key, (when: Date) => string>> = {
  'keep-last': (when) => String(when.getTime()),
  'keep-hourly': (when) => `${dayOf(when)}/${when.getHours()}`,
  'keep-daily': dayOf,
  'keep-weekly': isoWeek,
  'keep-monthly': (when) => `${when.getFullYear()}/${when.getMonth()}`,
  'keep-yearly': (when) => String(when.getFullYear()),
};

function dayOf(when: Date): string {
  return `${when.getFullYear()}/${when.getMonth()}/${when.getDate()}`;
}

function isoWeek(when: Date): string {
  const thursday = new Date(when.getFullYear(), when.getMonth(), when.getDate());
  thursday.setDate(thursday.getDate() + 3 - ((thursday.getDay() + 6) % 7));
  const first = new Date(thursday.getFullYear(), 0, 1);
  const days = Math.round((thursday.getTime() - first.getTime()) / 86_400_000);
  return `${thursday.getFullYear()}-${Math.floor(days / 7) + 1}`;
}

export type Mark = 'keep' | 'remove' | 'protected' | 'renamed';

/** Decides about the backups of one guest, as PVE does: each option in turn, the newest of each period. */
export function markGroup<T extends { ctime: number }>(
  backups: readonly T[],
  keep: Keep,
): Map<T, Mark> {
  const marks = new Map<T, Mark>();
  const newestFirst = [...backups].sort((left, right) => right.ctime - left.ctime);
  if (Object.keys(keep).length === 0) return new Map(newestFirst.map((one) => [one, 'keep']));
  for (const key of KEYS) {
    const count = keep[key];
    if (count === undefined) continue;
    const period = (one: T): string => PERIODS[key](new Date(one.ctime * 1000));
    const included = new Set(newestFirst.filter((one) => marks.get(one) === 'keep').map(period));
    const added = new Set<string>();
    for (const one of newestFirst) {
      const id = period(one);
      if (marks.has(one) || included.has(id)) continue;
      if (added.has(id)) {
        marks.set(one, 'remove');
        continue;
      }
      if (added.size >= count) break;
      added.add(id);
      marks.set(one, 'keep');
    }
  }
  for (const one of newestFirst) if (!marks.has(one)) marks.set(one, 'remove');
  return marks;
}
