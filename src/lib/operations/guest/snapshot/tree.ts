import type { Snapshot } from './read.js';

/** A row of a tree and the lines in front of it. */
export interface TreeRow {
  snapshot: Snapshot;
  lines: string;
}

/** Snapshots in the order of a tree: each below the one that it stands on. */
export function treeOf(snapshots: readonly Snapshot[]): TreeRow[] {
  const names = new Set(snapshots.map(({ name }) => name));
  const children = Map.groupBy(snapshots, ({ parent }) =>
    parent !== undefined && names.has(parent) ? parent : undefined,
  );
  const rows: TreeRow[] = [];
  const add = (parent: string | undefined, indent: string): void => {
    const list = children.get(parent) ?? [];
    for (const [index, snapshot] of list.entries()) {
      const last = index === list.length - 1;
      const root = parent === undefined;
      rows.push({ snapshot, lines: root ? '' : `${indent}${last ? '└─ ' : '├─ '}` });
      add(snapshot.name, root ? '' : `${indent}${last ? '   ' : '│  '}`);
    }
  };
  add(undefined, '');
  return rows;
}
