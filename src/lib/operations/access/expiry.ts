import { invalid } from '@pmx-cli/kit';

const units: Record<string, number> = { h: 3600, d: 86_400, w: 7 * 86_400 };

/**
 * `never`, `90d` (also h, w) or `2027-01-31` (its end, UTC) → seconds since 1970; 0 is never.
 * @throws RequestError `PMX_INVALID_EXPIRY`
 */
export function parseExpiry(value: string, now = Date.now()): number {
  if (value === 'never') return 0;
  const [, count, unit] = /^(\d{1,5})([hdw])$/.exec(value) ?? [];
  if (count !== undefined && Number(count) > 0)
    return Math.floor(now / 1000) + Number(count) * units[unit!]!;
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) {
    const end = Date.parse(`${value}T23:59:59Z`);
    // 2027-02-31 would become the 3rd of March.
    if (end > now && new Date(end).toISOString().startsWith(value)) return Math.floor(end / 1000);
  }
  throw invalid(
    'PMX_INVALID_EXPIRY',
    'Expiry',
    value,
    'it must be never, a time from now like 12h, 90d or 52w, or a date to come like 2027-01-31',
    'For example: --expire 90d',
  );
}
