import type { QueryParams, WriteParams } from './types.js';

/**
 * The one encoding that PVE takes in queries and forms alike: booleans as 0/1 (`true` is refused:
 * "type check ('boolean') failed"), arrays as repeated fields, undefined not at all.
 */
export function encodeParams(params: QueryParams | WriteParams = {}): string {
  const fields: string[] = [];
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      fields.push(`${encodeURIComponent(name)}=${encodeURIComponent(scalar(item))}`);
    }
  }
  return fields.join('&');
}

function scalar(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? '1' : '0') : String(value);
}

/**
 * A path as it goes over the wire. It may carry percent-encoded segments and a query of its own;
 * what must not stand there bare (blanks, `#`, non-ASCII) is encoded.
 */
export function encodePath(path: string): string {
  const absolute = path.startsWith('/') ? path : `/${path}`;
  // `%` stays: an encoded segment must not be encoded twice.
  return encodeURI(absolute).replaceAll('%25', '%').replaceAll('#', '%23');
}

/** Adds parameters to a path that may have a query already. */
export function withQuery(path: string, params: QueryParams | WriteParams | undefined): string {
  const query = encodeParams(params);
  if (query === '') return path;
  return `${path}${path.includes('?') ? '&' : '?'}${query}`;
}
