import { forbidden } from '../errors.js';
import type { AclEntry, State } from '../state/model.js';
import { BUILTIN_ROLES, PRIVILEGES, TOP_PATHS } from './privileges.js';

/** Who calls: a user by ticket, or one of a user's tokens. */
export interface Identity {
  /** `root@pam` or `root@pam!pmx`: the name that tasks and logs show. */
  id: string;
  userid: string;
  tokenid?: string;
}

/** privilege → does it go down to deeper paths? */
export type Privileges = ReadonlyMap<string, 0 | 1>;

const NONE: Privileges = new Map();
const ALL: Privileges = new Map([...PRIVILEGES].map((name) => [name, 1]));

/** Computes privileges as PVE does: the deepest path wins, pools count for their members, tokens with privsep get an intersection. */
export class AccessControl {
  readonly #state: State;
  readonly #poolOfVm: (vmid: number) => string | undefined;

  constructor(
    state: State,
    poolOfVm = (vmid: number): string | undefined =>
      Object.entries(state.pools).find(([, pool]) => pool.vms.includes(vmid))?.[0],
  ) {
    this.#state = state;
    this.#poolOfVm = poolOfVm;
  }

  /** The privileges of a role, built-in or own. */
  rolePrivileges(roleid: string): readonly string[] | undefined {
    return BUILTIN_ROLES[roleid] ?? this.#state.roles[roleid];
  }

  /** Everything that the caller may do on a path. */
  privileges(who: Identity, path: string): Privileges {
    const user = this.#state.users[who.userid];
    if (!user) return NONE;
    const ofUser = this.#privilegesOf(who.userid, 'user', path);
    if (who.tokenid === undefined || user.tokens[who.tokenid]?.privsep !== 1) return ofUser;
    const ofToken = this.#privilegesOf(who.id, 'token', path);
    const both = new Map<string, 0 | 1>();
    for (const [name, propagate] of ofToken) {
      const other = ofUser.get(name);
      if (other !== undefined) both.set(name, propagate === 1 && other === 1 ? 1 : 0);
    }
    return both;
  }

  #privilegesOf(id: string, type: 'user' | 'token', path: string): Privileges {
    if (type === 'user' && id === 'root@pam') return ALL;
    const roles = this.#roles(id, type, path);
    const result = new Map<string, 0 | 1>();
    const add = (given: Map<string, 0 | 1>): void => {
      for (const [role, propagate] of given) {
        for (const name of this.rolePrivileges(role) ?? [])
          if (result.get(name) !== 1) result.set(name, propagate);
      }
    };
    add(roles);
    // NoAccess on the path itself is stronger than what a pool gives.
    if (!roles.has('NoAccess'))
      for (const pool of this.#poolsOf(path)) add(this.#roles(id, type, `/pool/${pool}`));
    return result;
  }

  #poolsOf(path: string): string[] {
    const vm = /^\/vms\/(\d+)$/.exec(path);
    const storage = /^\/storage\/([^/]+)$/.exec(path);
    if (vm) {
      const pool = this.#poolOfVm(Number(vm[1]));
      return pool === undefined ? [] : [pool];
    }
    if (!storage) return [];
    return Object.entries(this.#state.pools)
      .filter(([, pool]) => pool.storages.includes(storage[1]!))
      .map(([name]) => name);
  }

  #roles(id: string, type: 'user' | 'token', path: string): Map<string, 0 | 1> {
    const groups = type === 'user' ? (this.#state.users[id]?.groups ?? []) : [];
    let roles = new Map<string, 0 | 1>();
    for (const level of levelsOf(path)) {
      const final = level === path;
      const entries = this.#state.acl.filter(
        (entry) => entry.path === level && (final || entry.propagate === 1),
      );
      const own = entries.filter((entry) => entry.type === type && entry.ugid === id);
      const ofGroups = entries.filter(
        (entry) => entry.type === 'group' && groups.includes(entry.ugid),
      );
      const found = own.length > 0 ? own : ofGroups;
      if (found.length > 0) roles = rolesOf(found);
    }
    return roles;
  }

  /** Does the caller hold all of (or, with `any`, one of) these privileges? */
  has(who: Identity, path: string, privileges: readonly string[], any = false): boolean {
    const held = this.privileges(who, path);
    return any
      ? privileges.some((name) => held.has(name))
      : privileges.every((name) => held.has(name));
  }

  /** Throws PVE's 403 when a privilege is missing. */
  check(who: Identity, path: string, privileges: readonly string[], any = false): void {
    const held = this.privileges(who, path);
    if (any) {
      if (!privileges.some((name) => held.has(name)))
        throw forbidden(`${path}, ${privileges.join('|')}`);
      return;
    }
    for (const name of privileges) if (!held.has(name)) throw forbidden(`${path}, ${name}`);
  }

  /** All paths with rights, as GET /access/permissions shows them. */
  summary(who: Identity): Record<string, Record<string, 0 | 1>> {
    const paths = new Set([...TOP_PATHS, ...this.#state.acl.map((entry) => entry.path)]);
    const result: Record<string, Record<string, 0 | 1>> = {};
    for (const path of paths) {
      const held = this.privileges(who, path);
      if (held.size > 0) result[path] = Object.fromEntries(held);
    }
    return result;
  }
}

function levelsOf(path: string): string[] {
  const levels = ['/'];
  let level = '';
  for (const part of path.split('/').filter((piece) => piece !== '')) {
    level += `/${part}`;
    levels.push(level);
  }
  return levels;
}

function rolesOf(entries: readonly AclEntry[]): Map<string, 0 | 1> {
  const none = entries.find((entry) => entry.roleid === 'NoAccess');
  if (none) return new Map([['NoAccess', none.propagate]]);
  return new Map(entries.map((entry) => [entry.roleid, entry.propagate]));
}
