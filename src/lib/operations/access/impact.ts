import type { ImpactItem } from '@pmx-cli/kit';

import type { Grant } from './read.js';

/** A grant that goes with what it is for. */
export function grantItem({ path, role, who }: Grant): ImpactItem {
  return { what: 'role', name: role, detail: `of ${who} on ${path}` };
}
