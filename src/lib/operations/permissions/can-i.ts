import type { PveReader, Rehearsed } from '@pmx-cli/kit';
import type { PmxError } from '@pmx-cli/kit/errors';

import { type ApiSchema, describedMethod } from '../../api/index.js';
import { describedNeed } from './expression.js';
import { type Held, heldBy } from './held.js';
import { type Judgement, judge, type Missing } from './judge.js';
import { leaves } from './need.js';
import { descriptionOf, needsOf } from './needs.js';

/** The answer of `pmx auth can-i`. */
export interface CanI extends Judgement {
  command: string;
  identity: string;
  /** Null when something that decides cannot be told. */
  allowed: boolean | null;
  /** False when a missing right stopped the planning: then only that much is known. */
  planned: boolean;
  /** API calls that were looked at. */
  calls: number;
}

/** @throws whatever else than missing rights keeps the command line from being planned */
export async function answerCanI(
  pve: PveReader,
  cache: string,
  rehearsed: Rehearsed,
): Promise<CanI> {
  const { line, error } = rehearsed;
  const [schema, held] = [await descriptionOf(pve, cache), heldBy(pve)];
  const about = { command: line, identity: pve.user };
  if (error) {
    const missing = await missingToPlan(error, held, schema);
    if (missing.length === 0) throw error;
    return {
      ...about,
      allowed: false,
      planned: false,
      calls: rehearsed.reads.length,
      missing,
      missingForUndo: [],
      refused: [],
      unknown: ['what the steps need, for they cannot be planned without it'],
    };
  }
  const needs = await needsOf(pve, schema, rehearsed);
  const judgement = await judge(needs, held);
  return {
    ...about,
    allowed: verdict(judgement),
    planned: true,
    calls: needs.length,
    ...judgement,
  };
}

function verdict({ missing, refused, unknown }: Judgement): boolean | null {
  if (missing.length > 0 || refused.length > 0) return false;
  return unknown.length > 0 ? null : true;
}

/** Errors of planning that look like a wrong name, but may be a missing right: what may not be seen is not there. */
const invisible: ReadonlyArray<[code: RegExp, path: (name: string) => string, seenBy: string[]]> = [
  [/^PMX_(?:VM|TEMPLATE|GUEST)_NOT_FOUND$/, guestPath, ['VM.Audit']],
  [
    /^PMX_STORAGE_(?:NOT_FOUND|LACKS_CONTENT)$/,
    (name) => (name === '' ? '/storage' : `/storage/${name}`),
    ['Datastore.Audit', 'Datastore.AllocateSpace'],
  ],
  [/^PMX_POOL_NOT_FOUND$/, (name) => (name === '' ? '/pool' : `/pool/${name}`), ['Pool.Audit']],
];

function guestPath(target: string): string {
  return /^\d+$/.test(target) ? `/vms/${target}` : '/vms';
}

export async function missingToPlan(
  error: PmxError,
  held: Held,
  schema: ApiSchema | undefined,
): Promise<Missing[]> {
  const data = error.data ?? {};
  if (error.code === 'PMX_PERMISSION_DENIED') {
    const request = String(data['request'] ?? data['path'] ?? '');
    const step = `read while planning (GET ${request})`;
    const privileges = (data['privileges'] as string[] | undefined) ?? [];
    if (typeof data['path'] === 'string' && privileges.length > 0)
      return [{ path: data['path'], privileges, step }];
    const found = schema && describedMethod(schema, { method: 'GET', path: request });
    const need = found && describedNeed(found.info, found.pathParams, held.user, request);
    return need
      ? leaves(need).map(({ path, oneOf }) => ({ path, privileges: oneOf, step }))
      : [{ path: request, privileges: [], step }];
  }
  const hidden = invisible.find(([code]) => code.test(error.code));
  // Names that were found, but are of another kind, can be seen.
  if (!hidden || data['matches'] !== undefined) return [];
  const [, pathOf, seenBy] = hidden;
  const path = pathOf(nameIn(error));
  const have = await held.on(path);
  return held.root || seenBy.some((name) => have.has(name))
    ? []
    : [{ path, privileges: seenBy, step: `find it (${error.message})` }];
}

function nameIn(error: PmxError): string {
  const target = error.data?.['target'];
  if (typeof target === 'string') return target;
  return /(?:storage|pool) '([^']+)'/i.exec(error.message)?.[1] ?? '';
}
