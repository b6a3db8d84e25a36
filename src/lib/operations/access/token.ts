import { type Plan, type PveReader, secretRef } from '@pmx-cli/kit';

import { grantItem } from './impact.js';
import { notFound, parseTokenId, taken } from './names.js';
import { readGrants, readTokens, readUser } from './read.js';

export interface TokenRequest {
  comment?: string;
  privsep: boolean;
  /** Seconds since 1970; 0 is never. */
  expire?: number;
}

export interface TokenCreated {
  token: string;
  /** Shown once: nobody can read it from the server again. */
  secret: string;
  privilegeSeparated: boolean;
}

export interface TokenDeleted {
  token: string;
}

const secret = 'token';

/** @throws RequestError `PMX_INVALID_TOKEN_ID`, `PMX_ACCESS_NOT_FOUND`, `PMX_ACCESS_EXISTS` */
export async function planTokenCreate(
  pve: PveReader,
  id: string,
  { comment, privsep, expire }: TokenRequest,
): Promise<Plan> {
  const { user, token } = parseTokenId(id);
  await readUser(pve, user);
  const known = await readTokens(pve, user);
  if (known.some((other) => other.id === id))
    throw taken('token', id, `Choose another name, or remove it: pmx access token delete '${id}'`);
  return {
    operation: 'access.token.create',
    target: `API token ${id}`,
    title: `Create API token ${id}`,
    steps: [
      {
        id: 'create',
        title: `Create API token ${id} (${privsep ? 'privilege-separated' : `with all rights of ${user}`})`,
        kind: 'pve.token',
        args: {
          user,
          token,
          keep: secret,
          privsep,
          ...(comment !== undefined && { comment }),
          ...(expire !== undefined && expire > 0 && { expire }),
        },
        undo: [
          {
            title: `Remove API token ${id}`,
            kind: 'pve.discard-token',
            args: { user, token, grants: [] },
          },
        ],
      },
    ],
    notes: privsep
      ? [
          `It sees nothing until it is given a role: pmx access acl set PATH --role ROLE --token '${id}'`,
        ]
      : [],
    result: { token: id, secret: secretRef(secret), privilegeSeparated: privsep },
  };
}

/** @throws RequestError `PMX_INVALID_TOKEN_ID`, `PMX_ACCESS_NOT_FOUND` */
export async function planTokenDeletes(pve: PveReader, ids: readonly string[]): Promise<Plan[]> {
  const grants = await readGrants(pve);
  return Promise.all([...new Set(ids)].map((id) => planTokenDelete(pve, id, grants)));
}

async function planTokenDelete(
  pve: PveReader,
  id: string,
  grants: Awaited<ReturnType<typeof readGrants>>,
): Promise<Plan> {
  const { user, token } = parseTokenId(id);
  await readUser(pve, user);
  const known = await readTokens(pve, user);
  const found = known.find((other) => other.id === id);
  if (!found)
    throw notFound(
      'token',
      id,
      known.map((other) => other.id),
    );
  return {
    operation: 'access.token.delete',
    target: `API token ${id}`,
    title: `Delete API token ${id}`,
    steps: [
      {
        id: 'delete',
        title: `Delete API token ${id}`,
        kind: 'pve.call',
        args: {
          method: 'DELETE',
          path: `/access/users/${encodeURIComponent(user)}/token/${encodeURIComponent(token)}`,
        },
        destructive: true,
      },
    ],
    impact: {
      removes: [
        { what: 'API token', name: id, detail: found.comment ?? 'stops working at once' },
        ...grants.filter(({ type, who }) => type === 'token' && who === id).map(grantItem),
      ],
      keeps: [{ what: 'user', name: user }],
    },
    ...(pve.user === id && { notes: [`${id} is what you use just now: this locks you out.`] }),
    result: { token: id },
  };
}
