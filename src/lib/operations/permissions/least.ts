import type { Need } from './need.js';
import type { CallNeed } from './needs.js';

/** Privileges on one path. */
export interface Grant {
  path: string;
  privileges: string[];
  propagate: boolean;
}

export interface LeastRights {
  grants: Grant[];
  /** What no role can give. */
  refused: Array<{ what: string; by: 'root' | 'ticket'; step: string }>;
  unknown: string[];
}

/** Of alternatives the one that gives least away comes first. */
const weakest = [
  /\.Audit$/,
  /^VM\.Config\./,
  /^VM\.Snapshot\.Rollback$/,
  /^Datastore\.AllocateSpace$/,
  /\.Use$/,
];

function strength(privilege: string): number {
  const at = weakest.findIndex((pattern) => pattern.test(privilege));
  return at < 0 ? weakest.length : at;
}

class Collection {
  readonly #paths = new Map<string, Set<string>>();

  has(path: string, privilege: string): boolean {
    return this.#paths.get(path)?.has(privilege) === true;
  }

  add(path: string, privilege: string): void {
    const known = this.#paths.get(path) ?? new Set();
    this.#paths.set(path, known.add(privilege));
  }

  grants(wide: ReadonlySet<string>): Grant[] {
    return [...this.#paths]
      .map(([path, privileges]) => ({
        path,
        privileges: [...privileges].sort(),
        propagate: wide.has(path),
      }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}

/**
 * The fewest privileges, on the narrowest paths, that all calls need together. What leaves no choice
 * comes first, so that alternatives are settled by what has to be there anyway.
 *
 * @param wide paths whose rights have to reach what lies below
 */
export function leastRights(needs: readonly CallNeed[], wide: ReadonlySet<string>): LeastRights {
  const collection = new Collection();
  const result: LeastRights = { grants: [], refused: [], unknown: [] };
  const open: Array<{ need: Need; step: string }> = needs.map(({ need, call }) => ({
    need,
    step: call.step,
  }));
  const choices: typeof open = [];
  for (let at = 0; at < open.length; at++) {
    const { need, step } = open[at]!;
    if (need.kind === 'all') open.push(...need.of.map((part) => ({ need: part, step })));
    else if (need.kind === 'privilege' && need.oneOf.length === 1)
      collection.add(need.path, need.oneOf[0]!);
    else if (need.kind === 'root' || need.kind === 'ticket')
      result.refused.push({ what: need.what, by: need.kind, step });
    else if (need.kind === 'unknown') {
      if (!result.unknown.includes(need.what)) result.unknown.push(need.what);
    } else choices.push({ need, step });
  }
  for (const { need } of choices) choose(need, collection);
  result.grants = collection.grants(wide);
  return result;
}

function choose(need: Need, collection: Collection): void {
  if (isMet(need, collection)) return;
  if (need.kind === 'privilege') {
    const [best] = [...need.oneOf].sort((a, b) => strength(a) - strength(b));
    if (best !== undefined) collection.add(need.path, best);
  } else if (need.kind === 'all') {
    for (const part of need.of) choose(part, collection);
  } else if (need.kind === 'any') {
    const [best] = [...need.of].sort((a, b) => weight(a, collection) - weight(b, collection));
    if (best) choose(best, collection);
  }
}

function isMet(need: Need, collection: Collection): boolean {
  switch (need.kind) {
    case 'privilege':
      return need.oneOf.some((name) => collection.has(need.path, name));
    case 'all':
      return need.of.every((part) => isMet(part, collection));
    case 'any':
      return need.of.some((part) => isMet(part, collection));
    default:
      return false;
  }
}

/** How many privileges an alternative adds; one that no role can give comes last. */
function weight(need: Need, collection: Collection): number {
  if (isMet(need, collection)) return 0;
  if (need.kind === 'privilege') return 1;
  if ('of' in need) return need.of.reduce((sum, part) => sum + weight(part, collection), 0);
  return 1000;
}
