/** Beginning of a URL → what stands there instead. `*` takes every host: BASE/HOST/PATH. */
export type Mirrors = Readonly<Record<string, string>>;

/** The URL at the mirror that the longest matching beginning names; itself without one. */
export function mirrored(url: string, mirrors: Mirrors = {}): string {
  const [beginning] = Object.keys(mirrors)
    .filter((key) => key !== '*' && url.startsWith(key))
    .sort((a, b) => b.length - a.length);
  if (beginning !== undefined) return mirrors[beginning]! + url.slice(beginning.length);
  const any = mirrors['*'];
  if (any === undefined) return url;
  const { host, pathname, search } = new URL(url);
  return `${any.replace(/\/$/, '')}/${host}${pathname}${search}`;
}
