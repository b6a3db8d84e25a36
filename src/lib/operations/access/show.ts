import type { PveReader } from '@pmx-cli/kit';

import {
  type Grant,
  type Group,
  readGrants,
  readGroup,
  readRoles,
  readTokens,
  readUser,
  type Role,
  roleIn,
  type Token,
  type User,
} from './read.js';

export interface UserDetails extends Omit<User, 'tokens'> {
  tokens: Token[];
  /** Roles of its own, of its groups and of its tokens, as far as one may see them. */
  grants: Grant[];
}

export interface GroupDetails extends Group {
  grants: Grant[];
}

export interface RoleDetails extends Role {
  grants: Grant[];
}

/** @throws RequestError `PMX_ACCESS_NOT_FOUND` */
export async function showUser(pve: PveReader, id: string): Promise<UserDetails> {
  const user = await readUser(pve, id);
  const [all, grants] = await Promise.all([readTokens(pve), readGrants(pve)]);
  return {
    ...user,
    tokens: all.filter((token) => token.user === id),
    grants: grants.filter(({ type, who }) =>
      type === 'group' ? user.groups.includes(who) : who === id || who.startsWith(`${id}!`),
    ),
  };
}

/** @throws RequestError `PMX_ACCESS_NOT_FOUND` */
export async function showGroup(pve: PveReader, name: string): Promise<GroupDetails> {
  const [group, grants] = [await readGroup(pve, name), await readGrants(pve)];
  return { ...group, grants: grants.filter(({ type, who }) => type === 'group' && who === name) };
}

/** @throws RequestError `PMX_ACCESS_NOT_FOUND` */
export async function showRole(pve: PveReader, name: string): Promise<RoleDetails> {
  const role = roleIn(await readRoles(pve), name);
  return { ...role, grants: (await readGrants(pve)).filter((grant) => grant.role === name) };
}
