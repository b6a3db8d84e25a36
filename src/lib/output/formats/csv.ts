import { type ListShape, rawValue } from '@pmx-cli/kit';

import { cellText, rowsOf, tabular } from './values.js';

/**
 * Raw values, RFC 4180 quoting, line ends as the shell has them. The columns are those of the table,
 * or every field there is where no table exists.
 */
export function csv(value: unknown, shape: ListShape | undefined): string | undefined {
  const rows = rowsOf(value);
  const [names, cells] = shape ? fromColumns(rows, shape) : fromFields(rows);
  const header = shape?.headers === false ? [] : [names];
  const lines = [...header, ...cells].map((line) => line.map(quoted).join(','));
  return lines.length === 0 ? undefined : lines.join('\n');
}

function fromColumns(rows: readonly unknown[], { columns }: ListShape): [string[], string[][]] {
  return [
    columns.map(({ header, key }) => key ?? header),
    rows.map((row) => columns.map((column) => cellText(rawValue(row, column)))),
  ];
}

function fromFields(rows: readonly unknown[]): [string[], string[][]] {
  const names = [...new Set(rows.flatMap((row) => tabular(row).map(([name]) => name)))];
  const cells = rows.map((row) => {
    const fields = Object.fromEntries(tabular(row));
    return names.map((name) => cellText(fields[name]));
  });
  return [names, cells];
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
