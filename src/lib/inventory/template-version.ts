import type { Guest } from '@pmx-cli/kit';

/** Of the versions of a template the one that its bare name means. */
export const latestTag = 'latest';
const versionPrefix = 'version-';

/** The tag by which lists know a version: names of guests are DNS names, with no place for an `@`. */
export function versionTag(version: string): string {
  return `${versionPrefix}${version}`;
}

/** The version of a template, by its tags; templates of other origin have none. */
export function versionOf({ tags }: Pick<Guest, 'tags'>): string | undefined {
  return tags.find((tag) => tag.startsWith(versionPrefix))?.slice(versionPrefix.length);
}

export function isLatest({ tags }: Pick<Guest, 'tags'>): boolean {
  return tags.includes(latestTag);
}

/** Tags that speak of versions; a clone is no version of anything. */
export function isVersionTag(tag: string): boolean {
  return tag === latestTag || tag.startsWith(versionPrefix);
}

/** `2026.11.9` before `2026.11.20`: numbers as numbers, the rest as text. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(/[.+-]/), b.split(/[.+-]/)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [one, other] = [left[index], right[index]];
    if (one === undefined) return -1;
    if (other === undefined) return 1;
    const numbers = /^\d+$/.test(one) && /^\d+$/.test(other);
    const order = numbers ? Number(one) - Number(other) : one.localeCompare(other);
    if (order !== 0) return order;
  }
  return 0;
}

/** `debian-13@2026.11.20`, `debian-13@latest`. */
export function matchesVersion(word: string, guest: Guest): boolean {
  const at = word.lastIndexOf('@');
  if (at < 1 || !guest.template) return false;
  const version = word.slice(at + 1).toLowerCase();
  if (word.slice(0, at).toLowerCase() !== guest.name.toLowerCase()) return false;
  return version === latestTag ? isLatest(guest) : versionOf(guest)?.toLowerCase() === version;
}

/**
 * Of several templates with one name the one that is meant: the newest that carries `latest`, and of
 * its copies on several nodes the one with the lowest id.
 */
export function latestOf(guests: readonly Guest[]): Guest | undefined {
  if (!guests.every(({ template }) => template)) return undefined;
  return guests
    .filter(isLatest)
    .sort((a, b) => compareVersions(versionOf(b) ?? '', versionOf(a) ?? '') || a.vmid - b.vmid)[0];
}
