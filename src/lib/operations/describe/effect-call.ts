import type { Effect, TextValue, Value } from '@pmx-cli/kit';

import { migrateParams } from '../engine/handlers/pve-migrate.js';
import { membersCall } from '../engine/handlers/pve-pool.js';
import { backupCall } from '../shared/backup-call.js';
import { configCall, restoreCall } from '../shared/config-call.js';

export interface EffectCall {
  method: 'POST' | 'PUT' | 'DELETE';
  path: TextValue;
  params: { readonly [name: string]: Value | undefined };
}

/** The one call that a step makes whose kind looks at the state first; undefined for other kinds. */
export function callOfEffect(effect: Effect): EffectCall | undefined {
  switch (effect.kind) {
    case 'pve.backup':
      return backupCall(effect.args);
    case 'pve.entry': {
      const { list, key, name, params } = effect.args;
      return { method: 'POST', path: list, params: { [key]: name, ...params } };
    }
    case 'pve.discard-entry': {
      const { list, name } = effect.args;
      return { method: 'DELETE', path: `${list}/${encodeURIComponent(name)}`, params: {} };
    }
    case 'pve.role': {
      const { role, privileges } = effect.args;
      const params = { roleid: role, privs: privileges.join(',') };
      return { method: 'POST', path: '/access/roles', params };
    }
    case 'pve.discard-role': {
      const path = `/access/roles/${encodeURIComponent(effect.args.role)}`;
      return { method: 'DELETE', path, params: {} };
    }
    case 'pve.token': {
      const { comment, privsep = true, expire } = effect.args;
      return { method: 'POST', path: tokenPath(effect.args), params: { comment, privsep, expire } };
    }
    case 'pve.discard-token':
      return { method: 'DELETE', path: tokenPath(effect.args), params: {} };
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
    case 'pve.configure':
      return configCall(effect.args);
    case 'pve.restore-config':
      return restoreCall(effect.args);
    case 'pve.move-back': {
      const { path, slot, home } = effect.args;
      return path.includes('/lxc/')
        ? {
            method: 'POST',
            path: `${path}/move_volume`,
            params: { volume: slot, storage: home.storage, delete: true },
          }
        : {
            method: 'POST',
            path: `${path}/move_disk`,
            params: { disk: slot, ...home, delete: true },
          };
    }
    default:
      return undefined;
  }
}

function tokenPath({ user, token }: { user: string; token: string }): string {
  return `/access/users/${encodeURIComponent(user)}/token/${encodeURIComponent(token)}`;
}
