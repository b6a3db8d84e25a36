import type { PveReader } from '@pmx-cli/kit';

import { notFound } from './names.js';

export interface Token {
  /** `user@realm!name` */
  id: string;
  user: string;
  /** Rights of its own; else it has all that its user has. */
  privilegeSeparated: boolean;
  /** Left out: never. */
  expiresSeconds?: number;
  comment?: string;
}

export interface User {
  user: string;
  realm: string;
  enabled: boolean;
  /** Left out: never. */
  expiresSeconds?: number;
  groups: string[];
  /** Ids of API tokens. */
  tokens: string[];
  firstName?: string;
  lastName?: string;
  email?: string;
  comment?: string;
}

export interface Group {
  group: string;
  users: string[];
  comment?: string;
}

export interface Role {
  role: string;
  /** Comes with Proxmox VE and cannot be changed. */
  builtIn: boolean;
  privileges: string[];
}

/** Who has which role on which path. */
export interface Grant {
  path: string;
  role: string;
  type: 'user' | 'group' | 'token';
  who: string;
  propagate: boolean;
}

export interface AccessRealm {
  realm: string;
  type: string;
  default: boolean;
  /** Kind of second factor that it asks for. */
  secondFactor?: string;
  comment?: string;
}

type Row = Record<string, unknown>;

function text(value: unknown): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

function list(value: unknown): string[] {
  const items = Array.isArray(value) ? value.map(String) : (text(value) ?? '').split(/[,;\s]+/);
  return items.filter((item) => item !== '').sort();
}

/** 0 is never. */
function expiry(value: unknown): number | undefined {
  const seconds = Number(value ?? 0);
  return seconds > 0 ? seconds : undefined;
}

function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}

function tokenOf(user: string, row: Row): Token {
  return compact({
    id: `${user}!${String(row['tokenid'])}`,
    user,
    privilegeSeparated: row['privsep'] === undefined || Number(row['privsep']) === 1,
    expiresSeconds: expiry(row['expire']),
    comment: text(row['comment']),
  } as Token);
}

function userOf(id: string, row: Row): User {
  const tokens = row['tokens'];
  const names = Array.isArray(tokens)
    ? (tokens as Row[]).map((token) => String(token['tokenid']))
    : Object.keys((tokens ?? {}) as Row);
  return compact({
    user: id,
    realm: id.split('@').at(-1)!,
    enabled: row['enable'] === undefined || Number(row['enable']) === 1,
    expiresSeconds: expiry(row['expire']),
    groups: list(row['groups']),
    tokens: names.sort().map((name) => `${id}!${name}`),
    firstName: text(row['firstname']),
    lastName: text(row['lastname']),
    email: text(row['email']),
    comment: text(row['comment']),
  } as User);
}

/** Those that one may see, by name. */
export async function readUsers(pve: PveReader): Promise<User[]> {
  const rows = await pve.get<Row[]>('/access/users', { full: true });
  return rows
    .map((row) => userOf(String(row['userid']), row))
    .sort((a, b) => (a.user < b.user ? -1 : 1));
}

/** @throws RequestError `PMX_ACCESS_NOT_FOUND` */
export async function readUser(pve: PveReader, id: string): Promise<User> {
  const users = await readUsers(pve);
  const found = users.find(({ user }) => user === id);
  if (found) return found;
  throw notFound(
    'user',
    id,
    users.map(({ user }) => user),
  );
}

/** Of one user, or of all that one may see. */
export async function readTokens(pve: PveReader, user?: string): Promise<Token[]> {
  if (user !== undefined) {
    const path = `/access/users/${encodeURIComponent(user)}/token`;
    return (await pve.get<Row[]>(path)).map((row) => tokenOf(user, row)).sort(byId);
  }
  const rows = await pve.get<Row[]>('/access/users', { full: true });
  return rows
    .flatMap((row) =>
      ((row['tokens'] ?? []) as Row[]).map((token) => tokenOf(String(row['userid']), token)),
    )
    .sort(byId);
}

function byId(a: Token, b: Token): number {
  return a.id < b.id ? -1 : 1;
}

export async function readGroups(pve: PveReader): Promise<Group[]> {
  const rows = await pve.get<Row[]>('/access/groups');
  return rows
    .map((row) =>
      compact({
        group: String(row['groupid']),
        users: list(row['users']),
        comment: text(row['comment']),
      } as Group),
    )
    .sort((a, b) => (a.group < b.group ? -1 : 1));
}

/** @throws RequestError `PMX_ACCESS_NOT_FOUND` */
export async function readGroup(pve: PveReader, name: string): Promise<Group> {
  const groups = await readGroups(pve);
  const found = groups.find(({ group }) => group === name);
  if (found) return found;
  throw notFound(
    'group',
    name,
    groups.map(({ group }) => group),
  );
}

export async function readRoles(pve: PveReader): Promise<Role[]> {
  const rows = await pve.get<Row[]>('/access/roles');
  return rows
    .map((row) => ({
      role: String(row['roleid']),
      builtIn: Number(row['special'] ?? 0) === 1,
      privileges: list(row['privs']),
    }))
    .sort((a, b) => (a.role < b.role ? -1 : 1));
}

/** @throws RequestError `PMX_ACCESS_NOT_FOUND` */
export function roleIn(roles: readonly Role[], name: string): Role {
  const found = roles.find(({ role }) => role === name);
  if (found) return found;
  throw notFound(
    'role',
    name,
    roles.map(({ role }) => role),
  );
}

/** All that there are: the built-in Administrator has every one. */
export function knownPrivileges(roles: readonly Role[]): ReadonlySet<string> {
  return new Set(roles.flatMap(({ privileges }) => privileges));
}

export async function readGrants(pve: PveReader): Promise<Grant[]> {
  const rows = await pve.get<Row[]>('/access/acl');
  return rows
    .map((row) => ({
      path: String(row['path']),
      role: String(row['roleid']),
      type: String(row['type']) as Grant['type'],
      who: String(row['ugid']),
      propagate: Number(row['propagate'] ?? 1) === 1,
    }))
    .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

function sortKey({ path, type, who, role }: Grant): string {
  return [path, type, who, role].join('\0');
}

export async function readRealms(pve: PveReader): Promise<AccessRealm[]> {
  const rows = await pve.get<Row[]>('/access/domains');
  return rows
    .map((row) =>
      compact({
        realm: String(row['realm']),
        type: String(row['type']),
        default: Number(row['default'] ?? 0) === 1,
        secondFactor: text(row['tfa']),
        comment: text(row['comment']),
      } as AccessRealm),
    )
    .sort((a, b) => (a.realm < b.realm ? -1 : 1));
}
