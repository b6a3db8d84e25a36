import type { Effect, PveCallArgs } from '@pmx-cli/kit';

type Call = Pick<PveCallArgs, 'method' | 'path' | 'params'>;

/** The one call that a step of a special kind comes down to, for those who show or judge it. */
export function asCall(effect: Effect): Call | undefined {
  switch (effect.kind) {
    case 'pve.call':
      return effect.args;
    case 'pve.entry': {
      const { list, key, name, params } = effect.args;
      return { method: 'POST', path: list, params: { [key]: name, ...params } };
    }
    case 'pve.discard-entry': {
      const { list, name } = effect.args;
      return { method: 'DELETE', path: `${list}/${encodeURIComponent(name)}` };
    }
    case 'pve.role': {
      const { role, privileges } = effect.args;
      const params = { roleid: role, privs: privileges.join(',') };
      return { method: 'POST', path: '/access/roles', params };
    }
    case 'pve.discard-role':
      return { method: 'DELETE', path: `/access/roles/${encodeURIComponent(effect.args.role)}` };
    case 'pve.token': {
      const { comment, privsep = true, expire } = effect.args;
      return {
        method: 'POST',
        path: tokenPath(effect.args),
        params: { ...(comment !== undefined && { comment }), privsep, expire },
      };
    }
    case 'pve.discard-token':
      return { method: 'DELETE', path: tokenPath(effect.args) };
    default:
      return undefined;
  }
}

function tokenPath({ user, token }: { user: string; token: string }): string {
  return `/access/users/${encodeURIComponent(user)}/token/${encodeURIComponent(token)}`;
}
