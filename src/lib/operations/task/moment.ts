import { invalid } from '@pmx-cli/kit';

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * `2h` ago, `3d` ago, or `2026-11-20`, `2026-11-20T08:00` in local time → seconds since 1970.
 * @throws RequestError `PMX_INVALID_TIME`
 */
export function parseMoment(value: string, now = Date.now()): number {
  const [, amount, unit] = /^(\d+)([smhdw])$/.exec(value) ?? [];
  if (amount !== undefined) return Math.floor(now / 1000) - Number(amount) * units[unit!]!;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(value);
  const time = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?$/.test(value);
  // Without a time JavaScript would take a day as UTC.
  const millis = day || time ? Date.parse(day ? `${value}T00:00` : value.replace(' ', 'T')) : NaN;
  if (!Number.isNaN(millis)) return Math.floor(millis / 1000);
  throw invalid(
    'PMX_INVALID_TIME',
    'Time',
    value,
    'it must be how long ago (a number with s, m, h, d or w) or a date, perhaps with a time',
    'For example: 2h, 3d, 2026-11-20, 2026-11-20T08:00',
  );
}
