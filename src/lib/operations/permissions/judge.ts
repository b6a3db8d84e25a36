import type { Held } from './held.js';
import type { Need } from './need.js';
import type { CallNeed } from './needs.js';

/** One of these privileges on this path is not held. */
export interface Missing {
  path: string;
  privileges: readonly string[];
  /** Title of the step, or that it is read while planning. */
  step: string;
}

export interface Judgement {
  missing: Missing[];
  /** Rights that only taking it back needs. */
  missingForUndo: Missing[];
  /** What no privilege helps with: only root@pam, or no token. */
  refused: Array<{ what: string; by: 'root' | 'ticket'; step: string }>;
  unknown: string[];
}

type Gap = Pick<Missing, 'path' | 'privileges'>;

interface Outcome {
  gaps: Gap[];
  refused: Array<{ what: string; by: 'root' | 'ticket' }>;
  unknown: string[];
}

/** Holds what calls need against what an identity has. */
export async function judge(needs: readonly CallNeed[], held: Held): Promise<Judgement> {
  const result: Judgement = { missing: [], missingForUndo: [], refused: [], unknown: [] };
  for (const { call, need } of needs) {
    // A read that was answered needs no further proof; one that was not has ended the planning.
    if (call.phase === 'read') continue;
    const { gaps, refused, unknown } = await weigh(need, held);
    const list = call.phase === 'undo' ? result.missingForUndo : result.missing;
    for (const gap of gaps) {
      const known = list.some((item) => sameGap(item, gap) && item.step === call.step);
      if (!known) list.push({ ...gap, step: call.step });
    }
    result.refused.push(...refused.map((item) => ({ ...item, step: call.step })));
    for (const what of unknown) if (!result.unknown.includes(what)) result.unknown.push(what);
  }
  return result;
}

export function sameGap(one: Gap, other: Gap): boolean {
  return one.path === other.path && one.privileges.join() === other.privileges.join();
}

async function weigh(need: Need, held: Held): Promise<Outcome> {
  const none: Outcome = { gaps: [], refused: [], unknown: [] };
  if (held.root) return none;
  switch (need.kind) {
    case 'root':
      return { ...none, refused: [{ what: need.what, by: 'root' }] };
    case 'ticket':
      return held.token ? { ...none, refused: [{ what: need.what, by: 'ticket' }] } : none;
    case 'unknown':
      return { ...none, unknown: [need.what] };
    case 'privilege': {
      const have = await held.on(need.path);
      return need.oneOf.some((name) => have.has(name))
        ? none
        : { ...none, gaps: [{ path: need.path, privileges: need.oneOf }] };
    }
    case 'all': {
      const parts = await Promise.all(need.of.map((part) => weigh(part, held)));
      return {
        gaps: parts.flatMap(({ gaps }) => gaps),
        refused: parts.flatMap(({ refused }) => refused),
        unknown: parts.flatMap(({ unknown }) => unknown),
      };
    }
    case 'any': {
      const parts = await Promise.all(need.of.map((part) => weigh(part, held)));
      if (parts.length === 0)
        return { ...none, refused: [{ what: 'this call about another user', by: 'root' }] };
      // The alternative that lacks least; the first of several.
      return parts.reduce((best, part) => (lack(part) < lack(best) ? part : best));
    }
  }
}

function lack({ gaps, refused, unknown }: Outcome): number {
  return refused.length * 100 + gaps.length * 2 + unknown.length;
}
