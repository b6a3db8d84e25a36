import { unreadable } from '../errors.js';

export type Mapping = Record<string, unknown>;

/** `current-context` and `currentContext` are the same. */
export function canonicalName(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One spelling for every key; names of contexts and of headers stay as they are. */
export function canonical(path: string, data: Mapping): Mapping {
  return rename(path, data, (key, value) => {
    if (key === 'defaults' && isMapping(value)) return rename(path, value);
    if (key !== 'contexts' || !isMapping(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, record]) => [
        name,
        isMapping(record) ? rename(path, record) : record,
      ]),
    );
  });
}

function rename(
  path: string,
  data: Mapping,
  inner: (key: string, value: unknown) => unknown = (_, value) => value,
): Mapping {
  const seen = new Set<string>();
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      const key = canonicalName(name);
      if (seen.has(key)) throw unreadable(path, `'${key}' is there twice, in two spellings`);
      seen.add(key);
      return [key, inner(key, value)];
    }),
  );
}
