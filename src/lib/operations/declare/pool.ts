import type { Json, Plan, PveReader } from '@pmx-cli/kit';

import { planPoolCreate } from '../pool/change.js';
import { findPool } from '../pool/read.js';
import type { Manifest } from './document.js';
import type { Difference } from './tables.js';
import { noteLines } from './update.js';

export interface PoolComparison {
  exists: boolean;
  differences: Difference[];
}

export async function comparePool(
  pve: PveReader,
  { metadata, spec }: Manifest,
): Promise<PoolComparison> {
  const pool = await findPool(pve, metadata.name);
  if (!pool) return { exists: false, differences: [] };
  const wanted = spec['comment'];
  const same = wanted === undefined || (pool.comment ?? '') === (wanted ?? '');
  return {
    exists: true,
    differences: same
      ? []
      : [{ field: 'spec.comment', current: pool.comment ?? null, wanted, how: 'set' }],
  };
}

export async function planPool(pve: PveReader, manifest: Manifest): Promise<Plan> {
  const { metadata, spec } = manifest;
  const { exists, differences } = await comparePool(pve, manifest);
  const result = (action: string): { [key: string]: Json } => ({
    kind: 'Pool',
    name: metadata.name,
    vmid: null,
    node: null,
    action,
    differences: differences as unknown as Json,
  });
  if (!exists) {
    const comment = typeof spec['comment'] === 'string' ? spec['comment'] : undefined;
    return { ...(await planPoolCreate(pve, metadata.name, comment)), result: result('created') };
  }
  const target = `pool ${metadata.name}`;
  const change = differences[0];
  if (!change) {
    const title = `Pool ${metadata.name} is as described`;
    return { operation: 'pool.apply', target, title, steps: [], result: result('unchanged') };
  }
  const call = (title: string, comment: unknown) => ({
    title,
    kind: 'pve.call' as const,
    args: {
      method: 'PUT' as const,
      path: '/pools',
      params: { poolid: metadata.name, comment: String(comment ?? '') },
      idempotent: true,
    },
  });
  return {
    operation: 'pool.apply',
    target,
    title: `Change ${target}`,
    steps: [
      {
        id: 'comment',
        ...call(`Set the comment of ${target}`, change.wanted),
        undo: [call(`Restore the comment of ${target}`, change.current)],
      },
    ],
    notes: noteLines(target, differences),
    result: result('changed'),
  };
}
