import { atPath } from './checksums.js';
import type { CatalogEntry } from './types.js';

/** What a listing says of the newest build: the values of the placeholders, `build` among them. */
export type Newest = Readonly<Record<string, string>> & { readonly build: string };

/**
 * The newest build that a listing names: a folder of a web server, a checksum file, a feed.
 * @param arch as the publisher spells it
 */
export function newestIn(
  text: string,
  rule: NonNullable<CatalogEntry['newest']>,
  arch: string,
): Newest | undefined {
  if ('json' in rule) {
    const value = atPath(
      text,
      rule.json.map((key) => fill(key, { arch })),
    );
    return typeof value === 'string' ? { build: value } : undefined;
  }
  const pattern = new RegExp(rule.pattern.replaceAll('{arch}', escape(arch)), 'g');
  const builds = [...text.matchAll(pattern)].map((match): Newest => ({
    build: match[1]!,
    ...match.groups,
  }));
  return builds
    .sort(
      (a, b) =>
        compareVersions(a.build, b.build) ||
        compareVersions(a['revision'] ?? '', b['revision'] ?? ''),
    )
    .at(-1);
}

export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** By its numbers: 1.10 is newer than 1.9, 20260720 newer than 20260105. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.match(/\d+|[a-z]+/gi) ?? []);
  for (let index = 0; index < Math.max(left!.length, right!.length); index++) {
    const [x, y] = [left![index] ?? '', right![index] ?? ''];
    const numeric = /^\d/.test(x) && /^\d/.test(y);
    const order = numeric ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0;
    if (order !== 0) return order;
  }
  return 0;
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
