/** One row for each element of a list, one for anything else. */
export function rowsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];
}

/** Fields of a row; a value that has none is a field by itself. */
export function tabular(row: unknown): Array<[string, unknown]> {
  return row !== null && typeof row === 'object' ? Object.entries(row) : [['value', row]];
}

/** A value in one line of text: texts as they are, nothing for nothing. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    return value.join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number);
}
