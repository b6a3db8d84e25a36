import { createRequire } from 'node:module';

import type { Column } from '@pmx-cli/kit';

import { styler } from './style.js';

/** cli-table3's own measure of cells. Its layout takes 41 s for 20,000 rows (quadratic), so only this. */
interface TableUtils {
  strlen(text: string): number;
  truncate(text: string, width: number, mark: string): string;
}

export interface TableStyle {
  color: boolean;
  headers: boolean;
  /** Cells of the terminal; what does not fit is cut, so that a row stays a line. */
  width?: number;
}

const gap = '   ';
/** A column is not cut below this. */
const minWidth = 8;
// Spaces to tilde: what is measured by its length.
const ascii = /^[ -~]*$/;

/** kubectl's look: upper-case headers, no lines, so that awk and eyes both get along. */
export function renderTable<T>(
  rows: readonly T[],
  columns: ReadonlyArray<Column<T>>,
  { color, headers, width }: TableStyle,
): string {
  const utils = lazyUtils();
  const measure = (text: string): number => (ascii.test(text) ? text.length : utils().strlen(text));
  const table = columns.map(({ header, value, align }) => ({
    header: header.toUpperCase(),
    right: align === 'right',
    cells: rows.map((row) => cell(value(row))),
  }));
  const widths = table.map(({ header, cells }) => {
    let widest = headers ? measure(header) : 0;
    for (const text of cells) widest = Math.max(widest, measure(text));
    return widest;
  });
  if (width !== undefined) fit(widths, width);
  const pad = (text: string, column: number, right: boolean): string => {
    const room = widths[column]! - measure(text);
    if (room < 0) return utils().truncate(text, widths[column]!, '…');
    return right ? ' '.repeat(room) + text : text + ' '.repeat(room);
  };
  const lines = rows.map((_, row) =>
    table
      .map(({ cells, right }, column) => pad(cells[row]!, column, right))
      .join(gap)
      .trimEnd(),
  );
  if (!headers) return lines.join('\n');
  const { bold } = styler(color);
  const head = table.map(({ header, right }, column) => {
    const text = pad(header, column, right);
    // The last one without what would be trimmed, for the colour ends behind it.
    const shown = column === table.length - 1 ? text.trimEnd() : text;
    return shown.replace(/\S(?:.*\S)?/, bold);
  });
  return [head.join(gap), ...lines].join('\n');
}

function cell(value: string | number | boolean | undefined): string {
  if (value === undefined || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value.replaceAll(/\r?\n/g, ' ') : String(value);
}

/** Takes from the widest column until all of them fit. */
function fit(widths: number[], width: number): void {
  let over = widths.reduce((sum, one) => sum + one, 0) + gap.length * (widths.length - 1) - width;
  while (over > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= minWidth) return;
    widths[widest]!--;
    over--;
  }
}

function lazyUtils(): () => TableUtils {
  let utils: TableUtils | undefined;
  // Required only for other characters than ASCII, and for cutting (7 ms).
  return () => (utils ??= createRequire(import.meta.url)('cli-table3/src/utils') as TableUtils);
}
