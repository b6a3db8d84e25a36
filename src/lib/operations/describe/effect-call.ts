import type { Effect, Json } from '@pmx-cli/kit';

import { migrateParams } from '../engine/handlers/pve-migrate.js';
import { membersCall } from '../engine/handlers/pve-pool.js';

export interface EffectCall {
  method: 'POST' | 'PUT' | 'DELETE';
  path: string;
  params: Record<string, Json>;
}

/** The one call that a step makes whose kind looks at the state first; undefined for other kinds. */
export function callOfEffect(effect: Effect): EffectCall | undefined {
  switch (effect.kind) {
    case 'pve.pool': {
      const { pool, comment } = effect.args;
      return {
        method: 'POST',
        path: '/pools',
        params: { poolid: pool, ...(comment !== undefined && { comment }) },
      };
    }
    case 'pve.discard-pool':
      return { method: 'DELETE', path: '/pools', params: { poolid: effect.args.pool } };
    case 'pve.pool-members': {
      const { pool, member, vms, storages } = effect.args;
      // As if nothing were as wanted yet: that is what planning found.
      const members = member
        ? []
        : [
            ...vms.map((vmid) => ({ type: 'qemu', vmid })),
            ...storages.map((storage) => ({ type: 'storage', storage })),
          ];
      const params = membersCall(effect.args, { members }) ?? { poolid: pool };
      const given = Object.entries(params).filter(([, value]) => value !== undefined);
      return { method: 'PUT', path: '/pools', params: Object.fromEntries(given) as never };
    }
    case 'pve.migrate': {
      const { type, vmid, from, running } = effect.args;
      return {
        method: 'POST',
        path: `/nodes/${from}/${type}/${vmid}/migrate`,
        params: migrateParams(effect.args, running === true),
      };
    }
    default:
      return undefined;
  }
}
