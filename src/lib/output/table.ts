import { createRequire } from 'node:module';

import type { Column } from '@pmx-cli/kit';
import type CliTable from 'cli-table3';

import { styler } from './style.js';

const borderless = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map((edge) => [edge, '']),
);

/** kubectl's look: upper-case headers, no lines, so that awk and eyes both get along. */
export function renderTable<T>(
  rows: readonly T[],
  columns: ReadonlyArray<Column<T>>,
  color: boolean,
): string {
  // Required here, for only commands that print a table pay for it (7 ms).
  const Table = createRequire(import.meta.url)('cli-table3') as typeof CliTable;
  const table = new Table({
    head: columns.map(({ header }) => styler(color).bold(header.toUpperCase())),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: { ...borderless, middle: '   ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  for (const row of rows) {
    table.push(columns.map((column) => cell(column.value(row))));
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function cell(value: string | number | boolean | undefined): string {
  if (value === undefined || value === '') return '-';
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
}
