import { type OperationSummary, type Plan, ref } from '@pmx-cli/kit';

export interface PruneRequest {
  operations: readonly OperationSummary[];
  /** Only those that ended longer ago than so many milliseconds. */
  olderThan: number;
  /** The newest that stay in any case. */
  keep: number;
  now?: number;
}

export interface PruneResult {
  removed: number;
  kept: number;
}

/** Journals of what has ended; what is open is needed to take it back. */
export function planPrune(request: PruneRequest): Plan {
  const { operations, olderThan, keep, now = Date.now() } = request;
  const newestFirst = [...operations].sort(
    (a, b) => b.startedAt.localeCompare(a.startedAt, 'en') || b.id.localeCompare(a.id, 'en'),
  );
  const ids = newestFirst
    .slice(keep)
    .filter(({ status }) => status === 'completed' || status === 'rolled-back')
    .filter(({ endedAt, startedAt }) => now - Date.parse(endedAt ?? startedAt) >= olderThan)
    .map(({ id }) => id);
  const open = operations.filter(({ status }) => status === 'interrupted' || status === 'failed');
  return {
    operation: 'op.prune',
    target: `${ids.length} journals`,
    title: `Remove the journals of ${ids.length} operations that have ended`,
    steps:
      ids.length === 0
        ? []
        : [
            {
              id: 'remove',
              title: `Remove ${ids.length} journals`,
              kind: 'journals.remove',
              args: { ids },
              bind: { removed: 'removed' },
              destructive: true,
            },
          ],
    variables: { removed: 0 },
    ...(open.length > 0 && {
      notes: [`${open.length} that are open stay: see pmx op list --open.`],
    }),
    result: { removed: ref('removed'), kept: operations.length - ids.length },
    local: true,
  };
}
