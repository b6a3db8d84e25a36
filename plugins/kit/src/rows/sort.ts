import type { Column } from '../host/index.js';
import { findKey } from './keys.js';

/** `memory,-name`: by the raw value, `-` for the other way round; rows without one come last. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: ReadonlyArray<Column<Row>>,
  order: string,
): Row[] {
  const words = new Intl.Collator(undefined, { numeric: true });
  const keys = order
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => ({
      ...findKey(name.replace(/^-/, ''), rows, columns),
      sign: name.startsWith('-') ? -1 : 1,
    }));
  const compare = (a: unknown, b: unknown, sign: number): number => {
    const [noA, noB] = [isMissing(a), isMissing(b)];
    if (noA || noB) return Number(noA) - Number(noB);
    const both = typeof a === 'number' && typeof b === 'number';
    return sign * (both ? a - b : words.compare(String(a), String(b)));
  };
  return [...rows].sort((a, b) => {
    for (const { raw, sign } of keys) {
      const result = compare(raw(a), raw(b), sign);
      if (result !== 0) return result;
    }
    return 0;
  });
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
