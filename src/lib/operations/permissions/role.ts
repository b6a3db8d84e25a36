import { allSteps, type Plan, type PveReader, type Rehearsed } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { grantSteps } from '../access/acl.js';
import { parseRoleName, parseTokenId, parseUserId } from '../access/names.js';
import { readGrants } from '../access/read.js';
import { roleStep } from '../access/role.js';
import { type Grant, leastRights, type LeastRights } from './least.js';
import { descriptionOf, needsOf } from './needs.js';
import { essentialNeeds, widePaths } from './visibility.js';

export interface Role {
  name: string;
  privileges: string[];
}

export interface Acl {
  path: string;
  role: string;
  propagate: boolean;
}

/** The answer of `pmx auth role`. */
export interface RoleSet {
  commands: string[];
  roles: Role[];
  acls: Acl[];
  /** Whom the ACLs are for; a token's rights end where its user's do, so each is given to both. */
  user: string | null;
  token: string | null;
  refused: LeastRights['refused'];
  unknown: string[];
  notes: string[];
}

export interface RoleRequest {
  rehearsed: readonly Rehearsed[];
  name: string;
  user?: string;
  token?: string;
}

/** @throws RequestError for names that PVE would refuse, and whatever kept a command from being planned */
export async function deriveRole(
  pve: PveReader,
  cache: string,
  { rehearsed, name, user, token }: RoleRequest,
): Promise<RoleSet> {
  checkNames(name, user, token);
  const schema = await descriptionOf(pve, cache);
  const needs = await Promise.all(
    rehearsed.map(async (line) => {
      if (line.error) throw line.error;
      return essentialNeeds(await needsOf(pve, schema, line), line.plans.length);
    }),
  );
  const { grants, refused, unknown } = leastRights(needs.flat(), widePaths);
  const roles = rolesFor(grants, name);
  return {
    commands: rehearsed.map(({ line }) => line),
    roles,
    acls: grants.map(({ path, privileges, propagate }) => ({
      path,
      role: roles.find((role) => role.privileges.join() === privileges.join())!.name,
      propagate,
    })),
    user: user ?? token?.split('!')[0] ?? null,
    token: token ?? null,
    refused,
    unknown,
    notes: rehearsed.flatMap(({ plans }) => plans.flatMap(pickedIds)),
  };
}

/** An id that is picked when the plan runs may be another one by then. */
function pickedIds({ steps, variables }: Plan): string[] {
  return allSteps(steps).flatMap((step) =>
    step.kind === 'pve.call' && step.args.vmidVariable !== undefined
      ? [
          `VMID ${String(variables?.[step.args.vmidVariable])} is only the next free one now: name one with --vmid, or grant on /vms or a pool instead.`,
        ]
      : [],
  );
}

/** One role for each set of privileges, named after the kind of object. */
function rolesFor(grants: readonly Grant[], name: string): Role[] {
  const roles: Role[] = [];
  for (const { path, privileges } of grants) {
    if (roles.some((role) => role.privileges.join() === privileges.join())) continue;
    const base = `${name}-${path.split('/')[1] || 'root'}`;
    const twins = roles.filter((role) => role.name === base || role.name.startsWith(`${base}-`));
    roles.push({ name: twins.length > 0 ? `${base}-${twins.length + 1}` : base, privileges });
  }
  return roles;
}

function checkNames(name: string, user: string | undefined, token: string | undefined): void {
  parseRoleName(name);
  if (user !== undefined) parseUserId(user);
  if (token !== undefined) parseTokenId(token);
}

/**
 * Creates the roles that are not there yet, and the ACLs, each with its way back.
 * @throws RequestError `PMX_ROLE_FOR_NOBODY`, `PMX_ROLE_EXISTS`, `PMX_ROLE_NOT_ENOUGH`
 */
export async function planRole(pve: PveReader, set: RoleSet): Promise<Plan> {
  if (set.user === null) {
    throw new RequestError({
      code: 'PMX_ROLE_FOR_NOBODY',
      message: 'Whom the roles are for is missing.',
      hints: ["Add --token 'ci@pve!pmx', or --user ci@pve."],
    });
  }
  if (set.refused.length > 0) {
    throw new RequestError({
      code: 'PMX_ROLE_NOT_ENOUGH',
      message: `No role is enough for this: ${set.refused.map(({ what }) => what).join(', ')}.`,
      hints: ['Only root@pam with its password may do that.'],
    });
  }
  const known = await pve.get<Array<{ roleid: string; privs?: string }>>('/access/roles');
  const missing = set.roles.filter((role) => !isThere(role, known));
  const before = await readGrants(pve);
  const subjects: Array<['user' | 'token', string]> = [
    ['user', set.user],
    ...(set.token === null ? [] : [['token', set.token] as ['token', string]]),
  ];
  const whom = set.token ?? set.user;
  return {
    operation: 'auth.role',
    target: whom,
    title: `Give ${whom} the rights for: ${set.commands.join('; ')}`,
    steps: [
      ...missing.map(({ name, privileges }) =>
        roleStep(`role-${name}`, name, privileges, madeVariable(name)),
      ),
      ...set.acls.flatMap(({ path, role, propagate }) =>
        grantSteps(
          before,
          subjects.map(([type, who]) => ({ path, role, propagate, type, who })),
        ).map((step) => ({ ...step, id: `acl-${path}-${step.id}` })),
      ),
    ],
    variables: Object.fromEntries(missing.map(({ name }) => [madeVariable(name), ''])),
    notes: [
      'On each of these paths this replaces what was inherited from the paths above.',
      ...set.notes,
      ...set.unknown.map((what) => `Could not be told: ${what}.`),
    ],
    result: { ...set } as unknown as Plan['result'],
  };
}

function madeVariable(role: string): string {
  return `made-${role}`;
}

function isThere(
  { name, privileges }: Role,
  known: ReadonlyArray<{ roleid: string; privs?: string }>,
): boolean {
  const found = known.find(({ roleid }) => roleid === name);
  if (!found) return false;
  const own = (found.privs ?? '').split(',').filter((privilege) => privilege !== '');
  if (own.sort().join() === privileges.join()) return true;
  throw new RequestError({
    code: 'PMX_ROLE_EXISTS',
    message: `There is a role '${name}' already, with other privileges: ${own.join(', ')}.`,
    hints: ['Choose another name: --name OTHER', `Or remove it: pveum role delete ${name}`],
  });
}
