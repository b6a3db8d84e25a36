import type { CatalogEntry } from '#dist/lib/catalog/index.js';

import { linux } from './linux.ts';
import { others } from './others.ts';
import type { Shape } from './shape.ts';

export { made, type Shape } from './shape.ts';

export const shapes: readonly Shape[] = [...linux, ...others];

/** The one that an entry follows. */
export function shapeOf({ id, distribution }: CatalogEntry): Shape | undefined {
  return (
    shapes.find(({ of }) => of.includes(id)) ?? shapes.find(({ of }) => of.includes(distribution))
  );
}
