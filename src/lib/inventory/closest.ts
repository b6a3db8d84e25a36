/** At most this many names are offered. */
const maxOffers = 3;

/** Names that differ from `wanted` by a typing error or two, closest first. */
export function closest(wanted: string, names: Iterable<string>): string[] {
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const low = wanted.toLowerCase();
  return [...new Set(names)]
    .map((name) => ({ name, distance: distance(low, name.toLowerCase(), limit) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, maxOffers)
    .map(({ name }) => name);
}

/** Levenshtein's distance; anything above `limit` may come back as Infinity. */
export function distance(a: string, b: string, limit = Infinity): number {
  if (Math.abs(a.length - b.length) > limit) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(
        row[j]! + 1,
        next[j - 1]! + 1,
        row[j - 1]! + Number(a[i - 1] !== b[j - 1]),
      );
    }
    row = next;
  }
  return row[b.length]!;
}
