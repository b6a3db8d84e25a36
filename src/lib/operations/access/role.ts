import { type Plan, type PveReader, ref, type Step, text } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { grantItem } from './impact.js';
import { nothingToSet, parseRoleName, taken } from './names.js';
import { knownPrivileges, readGrants, readRoles, type Role, roleIn } from './read.js';

export interface RoleChanged {
  role: string;
  privileges: string[];
}

export interface RoleEdit {
  /** Instead of what it has. */
  privileges?: readonly string[];
  add?: readonly string[];
  remove?: readonly string[];
}

/** @throws RequestError `PMX_INVALID_ROLE_NAME`, `PMX_ACCESS_EXISTS`, `PMX_PRIVILEGE_UNKNOWN` */
export async function planRoleCreate(
  pve: PveReader,
  name: string,
  wanted: readonly string[],
): Promise<Plan> {
  parseRoleName(name);
  const roles = await readRoles(pve);
  if (roles.some(({ role }) => role === name))
    throw taken('role', name, `Change it: pmx access role set ${name}`);
  const privileges = known(roles, wanted);
  return {
    operation: 'access.role.create',
    target: `role ${name}`,
    title: `Create role ${name}`,
    steps: [roleStep('create', name, privileges, 'made')],
    variables: { made: '' },
    result: { role: name, privileges },
  };
}

/** `variable` says afterwards whether it was this operation that made the role; only then undo removes it. */
export function roleStep(
  id: string,
  role: string,
  privileges: readonly string[],
  variable: string,
): Step {
  return {
    id,
    title: `Create role ${role}`,
    kind: 'pve.role',
    args: { role, privileges: [...privileges] },
    bind: { [variable]: 'role' },
    undo: [
      {
        title: `Remove role ${role}`,
        kind: 'pve.discard-role',
        args: { role, privileges: [...privileges], made: text`${ref(variable)}` },
      },
    ],
  };
}

/** @throws RequestError `PMX_NOTHING_TO_SET`, `PMX_ACCESS_NOT_FOUND`, `PMX_ROLE_BUILT_IN`, `PMX_PRIVILEGE_UNKNOWN` */
export async function planRoleSet(
  pve: PveReader,
  name: string,
  { privileges: instead, add = [], remove = [] }: RoleEdit,
): Promise<Plan> {
  if (instead === undefined && add.length === 0 && remove.length === 0)
    throw nothingToSet(`pmx access role set ${name} --add VM.Snapshot`);
  const roles = await readRoles(pve);
  const role = changeable(roleIn(roles, name));
  const dropped = new Set(known(roles, remove));
  const wanted = [...(instead ?? role.privileges), ...add];
  const privileges = known(roles, wanted).filter((privilege) => !dropped.has(privilege));
  const grants = (await readGrants(pve)).filter((grant) => grant.role === name);
  const call = {
    method: 'PUT',
    path: `/access/roles/${encodeURIComponent(name)}`,
    idempotent: true,
  } as const;
  return {
    operation: 'access.role.set',
    target: `role ${name}`,
    title: `Change role ${name}`,
    steps: [
      {
        id: 'set',
        title: `Give role ${name} ${privileges.length} privileges`,
        kind: 'pve.call',
        args: { ...call, params: { privs: privileges.join(',') } },
        undo: [
          {
            title: `Give role ${name} back what it had`,
            kind: 'pve.call',
            args: { ...call, params: { privs: role.privileges.join(',') } },
          },
        ],
      },
    ],
    ...(grants.length > 0 && {
      notes: [
        `It holds at once for ${grants.map(({ who, path }) => `${who} on ${path}`).join(', ')}.`,
      ],
    }),
    result: { role: name, privileges },
  };
}

/** @throws RequestError `PMX_ACCESS_NOT_FOUND`, `PMX_ROLE_BUILT_IN` */
export async function planRoleDeletes(pve: PveReader, names: readonly string[]): Promise<Plan[]> {
  const [roles, grants] = await Promise.all([readRoles(pve), readGrants(pve)]);
  return [...new Set(names)].map((name): Plan => {
    const { privileges } = changeable(roleIn(roles, name));
    return {
      operation: 'access.role.delete',
      target: `role ${name}`,
      title: `Delete role ${name}`,
      steps: [
        {
          id: 'delete',
          title: `Delete role ${name}`,
          kind: 'pve.call',
          args: {
            method: 'DELETE',
            path: `/access/roles/${encodeURIComponent(name)}`,
          },
          destructive: true,
        },
      ],
      impact: {
        removes: [
          { what: 'role', name, detail: privileges.join(', ') || 'no privileges' },
          ...grants.filter(({ role }) => role === name).map(grantItem),
        ],
        keeps: [],
      },
      result: { role: name, privileges },
    };
  });
}

function changeable(role: Role): Role {
  if (!role.builtIn) return role;
  throw new RequestError({
    code: 'PMX_ROLE_BUILT_IN',
    message: `The role ${role.role} comes with Proxmox VE and cannot be changed or deleted.`,
    hints: [`Make one of your own: pmx access role create NAME --privilege …`],
    data: { role: role.role },
  });
}

/** Sorted, each once. */
function known(roles: readonly Role[], wanted: readonly string[]): string[] {
  const all = knownPrivileges(roles);
  for (const privilege of wanted) {
    if (all.has(privilege)) continue;
    const near = [...all].filter((name) => name.toLowerCase().includes(privilege.toLowerCase()));
    throw new RequestError({
      code: 'PMX_PRIVILEGE_UNKNOWN',
      message: `This server knows no privilege '${privilege}'.`,
      hints: [
        ...(near.length > 0 ? [`Did you mean ${near.slice(0, 5).join(' or ')}?`] : []),
        'See them all: pmx access role show Administrator',
      ],
      data: { privilege },
    });
  }
  return [...new Set(wanted)].sort();
}
