import type { CustomColumn } from '@pmx-cli/kit';

import { renderTable } from '../table.js';
import { compilePath } from './jsonpath.js';
import { cellText } from './values.js';

/** kubectl's `-o custom-columns=NAME:.name,TAG:.tags[0]`; `<none>` where a row has no such field. */
export function customColumns(
  rows: readonly unknown[],
  columns: readonly CustomColumn[],
  headers: boolean,
): string {
  const compiled = columns.map(({ header, path }) => ({ header, find: compilePath(path) }));
  return renderTable(
    rows,
    compiled.map(({ header, find }) => ({
      header,
      value: (row: unknown) => find(row).map(cellText).join(',') || '<none>',
    })),
    { color: false, headers },
  );
}
