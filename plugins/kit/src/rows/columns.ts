import type { Column } from '../host/index.js';
import { findKey } from './keys.js';

/** `name,vmid` → those columns in that order. @throws RequestError `PMX_UNKNOWN_COLUMN` */
export function pickColumns<Row>(
  rows: readonly Row[],
  columns: ReadonlyArray<Column<Row>>,
  wanted: string,
): Array<Column<Row>> {
  return wanted
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => findKey(name, rows, columns).column);
}
