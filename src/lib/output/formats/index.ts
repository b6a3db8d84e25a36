import type { ListShape, OutputFormat } from '@pmx-cli/kit';

import { csv } from './csv.js';
import { cellText, rowsOf, tabular } from './values.js';

/** A result in a format for machines, without the line break at the end; undefined for nothing at all. */
export async function render(
  value: unknown,
  format: OutputFormat,
  shape: ListShape | undefined,
): Promise<string | undefined> {
  switch (format.type) {
    case 'jsonl':
      return lines(rowsOf(value).map((row) => JSON.stringify(row)));
    case 'yaml': {
      const { stringify } = await import('yaml');
      return stringify(value, { lineWidth: 0 }).trimEnd();
    }
    case 'csv':
      return csv(value, shape);
    case 'name':
      return lines(rowsOf(value).map((row) => reference(row, shape)));
    case 'custom-columns': {
      const { customColumns } = await import('./custom-columns.js');
      return customColumns(rowsOf(value), format.columns, shape?.headers ?? true);
    }
    case 'jsonpath': {
      const { renderTemplate } = await import('./jsonpath.js');
      return renderTemplate(format.template, value);
    }
    default:
      return JSON.stringify(value, undefined, 2);
  }
}

function lines(texts: readonly string[]): string | undefined {
  return texts.length === 0 ? undefined : texts.join('\n');
}

function reference(row: unknown, shape: ListShape | undefined): string {
  if (shape) return shape.reference(row);
  const fields = Object(row) as Record<string, unknown>;
  const key = ['name', 'id', 'target', 'upid', 'vmid'].find((name) => fields[name] !== undefined);
  return key === undefined ? cellText(tabular(row)[0]?.[1]) : cellText(fields[key]);
}
