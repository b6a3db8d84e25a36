import { hostname } from 'node:os';

import { isPmxError } from '@pmx-cli/kit/errors';

import { isAnswerLost, isNotFound, type PveClient } from '../../../api/index.js';
import { repeatable, type StepContext, type StepHandler } from './handler.js';

interface TokenRow {
  comment?: string;
}

interface RoleRow {
  roleid: string;
  privs?: string;
}

/**
 * A new API token. Its secret is in the answer to this one request and nowhere else: a token whose
 * answer was lost is good for nothing, so it goes again and another one is made.
 */
export const pveToken: StepHandler<'pve.token'> = {
  async run({ user, token, keep, comment, privsep = true, expire }, context) {
    const pve = await context.pve();
    for (let lost = false; ;) {
      try {
        const made = await pve.send<{ value: string }>('POST', tokenPath(user, token), {
          comment: `${comment ?? `pmx on ${hostname()}`}, ${marker(context)}`,
          privsep,
          expire,
        });
        context.keepSecret(keep, made.value);
        return { token: `${user}!${token}` };
      } catch (error) {
        if (!(isAnswerLost(error) || context.begunEarlier) || lost) throw error;
        lost = true;
        const removed = await removeOwnToken(pve, user, token, context);
        if (!removed && !isAnswerLost(error)) throw error;
        context.report('the answer was lost, and with it the secret: making the token again');
      }
    }
  },

  async recover({ user, token }, context) {
    await removeOwnToken(await context.pve(), user, token, context);
    return undefined;
  },
};

export const discardToken = repeatable<'pve.discard-token'>(
  async ({ user, token, grants }, context) => {
    const pve = await context.pve();
    const removed = await removeOwnToken(pve, user, token, context, async () => {
      for (const { path, role } of grants) {
        await pve
          .send('PUT', '/access/acl', {
            path,
            roles: role,
            tokens: `${user}!${token}`,
            delete: true,
          })
          .catch(unlessRefused);
      }
    });
    return { removed };
  },
);

export const pveRole: StepHandler<'pve.role'> = {
  async run({ role, privileges }, context) {
    const pve = await context.pve();
    try {
      await pve.send('POST', '/access/roles', { roleid: role, privs: privileges.join(',') });
    } catch (error) {
      const doubtful = isAnswerLost(error) || context.begunEarlier;
      const made = doubtful && (await isAsMade(pve, role, privileges));
      if (!made) throw error;
    }
    return { role };
  },

  async recover({ role, privileges }, context) {
    return (await isAsMade(await context.pve(), role, privileges)) ? { role } : undefined;
  },
};

export const discardRole = repeatable<'pve.discard-role'>(
  async ({ role, privileges, made }, context) => {
    // Without its own success, or doubt about it, the role is somebody else's.
    if (context.resolve(made) !== role && !context.unseenEnd) return { removed: false };
    const pve = await context.pve();
    if (!(await isAsMade(pve, role, privileges))) return { removed: false };
    const grants = await pve.get<Array<{ roleid: string }>>('/access/acl');
    if (grants.some(({ roleid }) => roleid === role)) return { removed: false };
    await pve.send('DELETE', `/access/roles/${encodeURIComponent(role)}`);
    return { removed: true };
  },
);

export const contextForget = repeatable<'context.forget'>(async ({ name }, context) => {
  await context.secrets.remove(name);
  return { name };
});

/** @returns whether there was one, and it was of this operation */
async function removeOwnToken(
  pve: PveClient,
  user: string,
  token: string,
  context: StepContext,
  before: () => Promise<void> = async () => undefined,
): Promise<boolean> {
  const path = tokenPath(user, token);
  const row = await pve.get<TokenRow>(path).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  if (!row?.comment?.endsWith(marker(context))) return false;
  await before();
  await pve.send('DELETE', path);
  return true;
}

async function isAsMade(
  pve: PveClient,
  role: string,
  privileges: readonly string[],
): Promise<boolean> {
  const roles = await pve.get<RoleRow[]>('/access/roles');
  const found = roles.find(({ roleid }) => roleid === role);
  const held = (found?.privs ?? '').split(',').sort().join();
  return found !== undefined && held === [...privileges].sort().join();
}

function marker({ operationId }: StepContext): string {
  return `pmx-operation: ${operationId}`;
}

function tokenPath(user: string, token: string): string {
  return `/access/users/${encodeURIComponent(user)}/token/${encodeURIComponent(token)}`;
}

/** The grants go with the token, too: taking them back first is only tidier. */
function unlessRefused(error: unknown): void {
  if (!isPmxError(error) || error.exitCode !== 3) throw error;
}
