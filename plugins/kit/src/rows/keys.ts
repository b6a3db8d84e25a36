import { RequestError } from '../errors/index.js';
import type { Column } from '../host/index.js';

/** What `--filter`, `--sort-by` and `--columns` may name: a column, or any field of the rows. */
export interface Key<Row> {
  name: string;
  /** The value that machines get: a number of bytes, not "2 GiB". */
  raw(row: Row): unknown;
  column: Column<Row>;
}

/** @throws RequestError `PMX_UNKNOWN_COLUMN` when neither a column nor any row has it */
export function findKey<Row>(
  name: string,
  rows: readonly Row[],
  columns: ReadonlyArray<Column<Row>>,
): Key<Row> {
  const column = columns.find(
    ({ header, key }) => header.toLowerCase() === name.toLowerCase() || key === name,
  );
  if (column) return { name, column, raw: (row) => rawValue(row, column) };
  if (rows.length > 0 && rows.every((row) => fieldOf(row, name) === undefined)) {
    throw new RequestError({
      code: 'PMX_UNKNOWN_COLUMN',
      message: `There is no column '${name}' here.`,
      hints: [`There are: ${knownKeys(rows, columns).join(', ')}.`],
    });
  }
  const raw = (row: Row): unknown => fieldOf(row, name);
  return { name, raw, column: { header: name, key: name, value: (row) => shown(raw(row)) } };
}

/** What a column stands for, unformatted. */
export function rawValue<Row>(row: Row, column: Column<Row>): unknown {
  if (column.key !== undefined) return fieldOf(row, column.key);
  return fieldOf(row, column.header) ?? column.value(row);
}

function fieldOf(row: unknown, path: string): unknown {
  let value = row;
  for (const part of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part))
      return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function knownKeys<Row>(rows: readonly Row[], columns: ReadonlyArray<Column<Row>>): string[] {
  const taken = new Set(columns.map(({ header, key }) => key ?? header));
  const fields = rows.slice(0, 100).flatMap((row) => Object.keys(row as object));
  return [
    ...columns.map(({ header }) => header),
    ...[...new Set(fields)].filter((field) => !taken.has(field)),
  ];
}

function shown(value: unknown): string | number | boolean | undefined {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return value.map(String).join(',');
  if (typeof value === 'object') return JSON.stringify(value);
  return value as string | number | boolean;
}
