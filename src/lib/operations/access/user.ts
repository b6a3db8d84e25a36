import { type ImpactItem, type Plan, type PveReader, ref, secretRef, text } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { grantItem } from './impact.js';
import { nothingToSet, notFound, parseUserId, taken } from './names.js';
import { type Grant, readGrants, readGroups, readRealms, readUsers, type User } from './read.js';

export interface UserFields {
  groups?: readonly string[];
  comment?: string;
  email?: string;
  firstName?: string;
  lastName?: string;
  /** Seconds since 1970; 0 is never. */
  expire?: number;
  enable?: boolean;
}

export interface UserChanged {
  user: string;
  /** Names of what was set. */
  changed: string[];
}

export interface UserDeleted {
  user: string;
  /** Ids of tokens that went with it. */
  tokens: string[];
}

const secret = 'password';

/** @throws RequestError `PMX_INVALID_USER`, `PMX_ACCESS_EXISTS`, `PMX_ACCESS_NOT_FOUND`, `PMX_REALM_NOT_FOUND` */
export async function planUserCreate(
  pve: PveReader,
  id: string,
  fields: UserFields,
  password?: string,
): Promise<Plan> {
  const realm = parseUserId(id).split('@').at(-1)!;
  const [users, realms] = await Promise.all([readUsers(pve), readRealms(pve)]);
  const found = realms.find((known) => known.realm === realm);
  if (!found) throw noRealm(realm, realms);
  if (users.some(({ user }) => user === id))
    throw taken('user', id, `Change it: pmx access user set ${id}`);
  await refuseUnknownGroups(pve, fields.groups);
  if (password !== undefined) refusePassword(id, found.type, password);
  const notes =
    password === undefined && found.type === 'pve'
      ? [`${id} has no password, so it can only be used with API tokens.`]
      : [];
  return {
    operation: 'access.user.create',
    target: `user ${id}`,
    title: `Create user ${id}`,
    steps: [
      {
        id: 'create',
        title: `Create user ${id}`,
        kind: 'pve.entry',
        args: {
          list: '/access/users',
          key: 'userid',
          name: id,
          params: {
            ...parametersOf(fields),
            ...(password !== undefined && { password: secretRef(secret) }),
          },
        },
        bind: { made: 'name' },
        undo: [
          {
            title: `Remove user ${id}`,
            kind: 'pve.discard-entry',
            args: { list: '/access/users', key: 'userid', name: id, made: text`${ref('made')}` },
          },
        ],
      },
    ],
    variables: { made: '' },
    ...(notes.length > 0 && { notes }),
    ...(password !== undefined && { secrets: { [secret]: password } }),
    result: { user: id, changed: Object.keys(fields) },
  };
}

/** @throws RequestError `PMX_NOTHING_TO_SET`, `PMX_ACCESS_NOT_FOUND` */
export async function planUserSet(pve: PveReader, id: string, fields: UserFields): Promise<Plan> {
  const changed = Object.keys(fields);
  if (changed.length === 0) throw nothingToSet(`pmx access user set ${id} --disable`);
  const users = await readUsers(pve);
  const before = userIn(users, id);
  await refuseUnknownGroups(pve, fields.groups);
  const path = `/access/users/${encodeURIComponent(id)}`;
  const call = { method: 'PUT', path, idempotent: true } as const;
  const own = pve.user.split('!')[0] === id && fields.enable === false;
  return {
    operation: 'access.user.set',
    target: `user ${id}`,
    title: `Change user ${id}: ${changed.join(', ')}`,
    steps: [
      {
        id: 'set',
        title: `Change user ${id}`,
        kind: 'pve.call',
        args: { ...call, params: parametersOf(fields) },
        undo: [
          {
            title: `Set ${changed.join(', ')} of ${id} back`,
            kind: 'pve.call',
            args: { ...call, params: parametersOf(oldValues(before, fields)) },
          },
        ],
      },
    ],
    ...(own && { notes: [`${id} is who you are: this locks you out.`] }),
    result: { user: id, changed },
  };
}

/** @throws RequestError `PMX_ACCESS_NOT_FOUND`, `PMX_ROOT_USER` */
export async function planUserDeletes(pve: PveReader, ids: readonly string[]): Promise<Plan[]> {
  const [users, grants] = await Promise.all([readUsers(pve), readGrants(pve)]);
  return [...new Set(ids)].map((id) => planUserDelete(pve.user, userIn(users, id), grants));
}

function planUserDelete(self: string, user: User, grants: readonly Grant[]): Plan {
  const id = user.user;
  if (id === 'root@pam') {
    throw new RequestError({
      code: 'PMX_ROOT_USER',
      message: 'root@pam cannot be deleted: Proxmox VE belongs to it.',
      hints: ['A token of it can: pmx access token delete'],
    });
  }
  const removes: ImpactItem[] = [
    { what: 'user', name: id, ...(user.comment !== undefined && { detail: user.comment }) },
    ...user.tokens.map((name) => ({ what: 'API token', name, detail: 'stops working at once' })),
    ...grants
      .filter(({ type, who }) => type !== 'group' && (who === id || who.startsWith(`${id}!`)))
      .map(grantItem),
  ];
  return {
    operation: 'access.user.delete',
    target: `user ${id}`,
    title: `Delete user ${id}`,
    steps: [
      {
        id: 'delete',
        title: `Delete user ${id}`,
        kind: 'pve.call',
        args: {
          method: 'DELETE',
          path: `/access/users/${encodeURIComponent(id)}`,
        },
        destructive: true,
      },
    ],
    impact: {
      removes,
      keeps: user.groups.map((name) => ({ what: 'group', name, detail: 'without this member' })),
    },
    ...(self.split('!')[0] === id && { notes: [`${id} is who you are: this locks you out.`] }),
    result: { user: id, tokens: user.tokens },
  };
}

function userIn(users: readonly User[], id: string): User {
  const found = users.find(({ user }) => user === id);
  if (found) return found;
  throw notFound(
    'user',
    id,
    users.map(({ user }) => user),
  );
}

function parametersOf(fields: UserFields): Record<string, string | number | boolean> {
  const { groups, comment, email, firstName, lastName, expire, enable } = fields;
  return {
    ...(groups !== undefined && { groups: groups.join(',') }),
    ...(comment !== undefined && { comment }),
    ...(email !== undefined && { email }),
    ...(firstName !== undefined && { firstname: firstName }),
    ...(lastName !== undefined && { lastname: lastName }),
    ...(expire !== undefined && { expire }),
    ...(enable !== undefined && { enable }),
  };
}

/** What the same fields were before. */
function oldValues(user: User, fields: UserFields): UserFields {
  const old: Required<UserFields> = {
    groups: user.groups,
    comment: user.comment ?? '',
    email: user.email ?? '',
    firstName: user.firstName ?? '',
    lastName: user.lastName ?? '',
    expire: user.expiresSeconds ?? 0,
    enable: user.enabled,
  };
  return Object.fromEntries(
    Object.keys(fields).map((name) => [name, old[name as keyof UserFields]]),
  );
}

async function refuseUnknownGroups(pve: PveReader, groups: readonly string[] = []): Promise<void> {
  if (groups.length === 0) return;
  const known = (await readGroups(pve)).map(({ group }) => group);
  for (const group of groups) if (!known.includes(group)) throw notFound('group', group, known);
}

function refusePassword(id: string, type: string, password: string): void {
  if (type !== 'pve') {
    throw new RequestError({
      code: 'PMX_INVALID_PASSWORD',
      message: `${id} cannot be given a password here: its realm (${type}) keeps them elsewhere.`,
      hints: ['Leave --password-stdin out, and set it there.'],
    });
  }
  if (password.length >= 8 && password.length <= 64) return;
  throw new RequestError({
    code: 'PMX_INVALID_PASSWORD',
    message: `The password of ${id} is not valid: it must have 8 to 64 characters.`,
    hints: ['For example: openssl rand -base64 24 | pmx access user create … --password-stdin'],
  });
}

function noRealm(realm: string, realms: ReadonlyArray<{ realm: string }>): RequestError {
  return new RequestError({
    code: 'PMX_REALM_NOT_FOUND',
    message: `There is no realm '${realm}'; there are ${realms.map((known) => known.realm).join(', ')}.`,
    hints: ['See them: pmx access realm list'],
    data: { realm },
  });
}
