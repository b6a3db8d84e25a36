import type { Guest, Plan, PveReader } from '@pmx-cli/kit';
import { parseTags } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { planConfigure } from './configure.js';
import { guestLabel } from './kind.js';
import { eachGuest, readConfig } from './reads.js';

export interface TagChange {
  add: readonly string[];
  remove: readonly string[];
  /** All tags instead of those of now; an empty list leaves none. */
  replace?: readonly string[];
}

/** @throws RequestError `PMX_NOTHING_TO_SET`, `PMX_INVALID_GUEST_OPTION` */
export async function planTags(
  pve: PveReader,
  guests: readonly Guest[],
  change: TagChange,
): Promise<Plan[]> {
  refuse(change);
  return eachGuest(guests, async (guest) => {
    const config = await readConfig(pve, guest);
    const now = parseTags(String(config['tags'] ?? ''));
    const tags = tagsAfter(now, change);
    return planConfigure({
      guest,
      config,
      set: tags.length > 0 ? { tags: tags.join(';') } : {},
      ...(tags.length === 0 && { remove: ['tags'] }),
      verb: 'tag',
      title: `Tag ${guestLabel(guest)}`,
      result: { tags },
    });
  });
}

/** PVE keeps tags in lower case and in alphabetical order. */
export function tagsAfter(now: readonly string[], { add, remove, replace }: TagChange): string[] {
  const lower = (tags: readonly string[]): string[] => tags.map((tag) => tag.toLowerCase());
  const gone = lower(remove);
  const all = [...lower(replace ?? now), ...lower(add)];
  return [...new Set(all)].filter((tag) => !gone.includes(tag)).sort();
}

function refuse({ add, remove, replace }: TagChange): void {
  if (add.length + remove.length === 0 && replace === undefined) {
    throw new RequestError({
      code: 'PMX_NOTHING_TO_SET',
      message: 'No tag is named.',
      hints: [
        'Add with +TAG or --add TAG, remove with TAG- or --remove TAG, replace all with --set.',
      ],
    });
  }
  const both = add.filter((tag) => remove.includes(tag));
  if (both.length === 0) return;
  throw new RequestError({
    code: 'PMX_INVALID_GUEST_OPTION',
    message: `${both.join(', ')}: to be added and to be removed.`,
    hints: ['Leave one of them out.'],
  });
}
