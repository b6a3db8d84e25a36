import { invalid } from '@pmx-cli/kit';

const units: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * `12h`, `7d`, `4w` → seconds.
 * @throws RequestError `PMX_INVALID_AGE`
 */
export function parseAge(value: string): number {
  const [, count, unit] = /^(\d+)([mhdw])$/.exec(value) ?? [];
  const seconds = Number(count) * (units[unit ?? ''] ?? NaN);
  if (seconds > 0) return seconds;
  throw invalid(
    'PMX_INVALID_AGE',
    'Age',
    value,
    'it must be a whole number with m, h, d or w, more than 0',
    'For example: 12h, 7d, 4w',
  );
}
