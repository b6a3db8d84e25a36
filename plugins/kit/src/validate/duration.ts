import { invalid } from './invalid.js';

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const most = 24 * 3_600_000;
const ages: Record<string, number> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/**
 * `90`, `90s`, `5m`, `1h30m`, `500ms` → milliseconds; a plain number is seconds.
 * @throws RequestError `PMX_INVALID_DURATION`
 */
export function parseDuration(value: string): number {
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const whole = parts.map(([part]) => part).join('') === value && parts.length > 0;
  const millis = /^\d+(?:\.\d+)?$/.test(value)
    ? Number(value) * 1000
    : whole
      ? parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit!]!, 0)
      : NaN;
  if (millis > 0 && millis <= most) return millis;
  throw invalid(
    'PMX_INVALID_DURATION',
    'Duration',
    value,
    'it must be a number with ms, s, m or h, more than 0 and at most 24h',
    'For example: 30s, 5m, 1h30m',
  );
}

/**
 * How long ago: `12h`, `30d`, `4w` → milliseconds.
 * @throws RequestError `PMX_INVALID_DURATION`
 */
export function parseAge(value: string): number {
  const [, count, unit] = /^(\d{1,5})([hdw])$/.exec(value) ?? [];
  if (count !== undefined) return Number(count) * ages[unit!]!;
  throw invalid(
    'PMX_INVALID_DURATION',
    'Age',
    value,
    'it must be a whole number with h, d or w',
    'For example: 12h, 30d, 4w',
  );
}
