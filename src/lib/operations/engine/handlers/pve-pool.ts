import type { PvePoolMembersArgs } from '@pmx-cli/kit';

import { isAnswerLost, isNotFound, type PveClient, type WriteParams } from '../../../api/index.js';
import { untilAnswered } from './answered.js';
import { removal, repeatable, type StepHandler } from './handler.js';

interface PoolRow {
  members?: Array<{ type: string; vmid?: number; storage?: string }>;
}

export const pvePool: StepHandler<'pve.pool'> = {
  async run({ pool, comment }, context) {
    const pve = await context.pve();
    try {
      await pve.send('POST', '/pools', { poolid: pool, comment });
    } catch (error) {
      const doubtful = isAnswerLost(error) || context.begunEarlier;
      const made = doubtful && (await readPool(pve, pool)) !== undefined;
      if (!made) throw error;
    }
    return { pool };
  },

  async recover({ pool }, context) {
    return (await readPool(await context.pve(), pool)) === undefined ? undefined : { pool };
  },
};

export const discardPool = removal<'pve.discard-pool'>(
  async ({ pool, made }, context) => {
    // Without its own success, or doubt about it, the pool is somebody else's.
    if (made !== undefined && context.resolve(made) !== pool && !context.unseenEnd)
      return { removed: false };
    return untilAnswered(context, async () => {
      const pve = await context.pve();
      if (!(await readPool(pve, pool))) return { removed: false };
      await pve.send('DELETE', '/pools', { poolid: pool });
      return { removed: true };
    });
  },
  async ({ pool }, context) => (await readPool(await context.pve(), pool)) !== undefined,
);

export const poolMembers = repeatable<'pve.pool-members'>((args, context) =>
  untilAnswered(context, async () => {
    const pve = await context.pve();
    const found = await readPool(pve, args.pool);
    const params = membersCall(args, found);
    if (params) await pve.send('PUT', '/pools', params);
    return { pool: args.pool, changed: params !== undefined };
  }),
);

/** The parameters for what is not yet as wanted; undefined when nothing is left to do. */
export function membersCall(
  { pool, member, vms, storages, move }: PvePoolMembersArgs,
  found: PoolRow | undefined,
): WriteParams | undefined {
  const members = found?.members ?? [];
  const missing = {
    vms: vms.filter((vmid) => members.some((row) => Number(row.vmid) === vmid) !== member),
    storages: storages.filter(
      (storage) =>
        members.some((row) => row.type === 'storage' && row.storage === storage) !== member,
    ),
  };
  if (missing.vms.length === 0 && missing.storages.length === 0) return undefined;
  return {
    poolid: pool,
    vms: missing.vms.length > 0 ? missing.vms.join(',') : undefined,
    storage: missing.storages.length > 0 ? missing.storages.join(',') : undefined,
    delete: member ? undefined : true,
    'allow-move': member && move ? true : undefined,
  };
}

async function readPool(pve: PveClient, pool: string): Promise<PoolRow | undefined> {
  try {
    const [row] = await pve.get<PoolRow[]>('/pools', { poolid: pool });
    return row;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
