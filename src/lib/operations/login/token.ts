import { hostname } from 'node:os';

import type { PlanNode, PveReader, Step } from '@pmx-cli/kit';
import { isPmxError, ProxmoxError, RequestError } from '@pmx-cli/kit/errors';

import { roleStep } from '../access/role.js';
import { type Job, knownPrivileges, rightsOf } from './roles.js';

/** Steps that make a token with its rights, and what the plan has to know about it. */
export interface TokenSteps {
  tokenId: string;
  role: string;
  steps: PlanNode[];
  notes: string[];
}

/** Name of the plan's secret that the token's becomes. */
export const tokenSecret = 'token';

/**
 * A privilege-separated token with the role of one job.
 *
 * Only the token is given the role: it has what both it and its user have. The user is left alone,
 * for a grant to a user replaces what a group gives on that path, and a login must take nothing away.
 *
 * @throws RequestError `PMX_TOKEN_EXISTS`, `PMX_INVALID_TOKEN_NAME`, `PMX_ROLE_DIFFERS`;
 *   ProxmoxError `PMX_CANNOT_GRANT`
 */
export async function planToken(
  pve: PveReader,
  user: string,
  job: Job,
  wantedName: string | undefined,
): Promise<TokenSteps> {
  const rights = rightsOf[job];
  const name = await freeName(pve, user, wantedName);
  const tokenId = `${user}!${name}`;
  const roles = await pve.get<Array<{ roleid: string; privs?: string }>>('/access/roles');
  const known = new Set(privilegesOf(roles, 'Administrator'));
  const wanted = rights.privileges && knownPrivileges(rights.privileges, known);
  const existing = roles.find(({ roleid }) => roleid === rights.role);
  if (wanted && existing) refuseOtherRole(rights.role, privilegesOf(roles, rights.role), wanted);
  const notes = await refuseUngrantable(
    pve,
    user,
    rights.paths,
    rights.role,
    wanted ?? privilegesOf(roles, rights.role),
  );
  const grants = rights.paths.map((path) => ({ path, role: rights.role }));
  const steps: Step[] = [];
  if (wanted && !existing) steps.push(roleStep('role', rights.role, wanted, 'madeRole'));
  steps.push({
    id: 'token',
    title: `Create API token ${tokenId} (privilege-separated)`,
    kind: 'pve.token',
    args: { user, token: name, keep: tokenSecret },
    undo: [
      {
        title: `Remove API token ${tokenId}`,
        kind: 'pve.discard-token',
        args: { user, token: name, grants },
      },
    ],
  });
  for (const [index, { path, role }] of grants.entries()) {
    steps.push({
      id: `grant-${index}`,
      title: `Give ${tokenId} the role ${role} on ${path}`,
      kind: 'pve.call',
      args: {
        method: 'PUT',
        path: '/access/acl',
        params: { path, roles: role, tokens: tokenId, propagate: true },
        idempotent: true,
      },
    });
  }
  return { tokenId, role: rights.role, steps, notes };
}

async function freeName(pve: PveReader, user: string, wanted: string | undefined): Promise<string> {
  const rows = await pve.get<Array<{ tokenid: string }>>(
    `/access/users/${encodeURIComponent(user)}/token`,
  );
  const taken = new Set(rows.map(({ tokenid }) => tokenid));
  if (wanted !== undefined) {
    if (!/^[a-z][\w.-]+$/i.test(wanted)) {
      throw new RequestError({
        code: 'PMX_INVALID_TOKEN_NAME',
        message: `Token name '${wanted}' is not valid: it must begin with a letter and have two or more letters, digits, . _ or -.`,
        hints: ['For example: --token-name pmx'],
      });
    }
    if (!taken.has(wanted)) return wanted;
    throw new RequestError({
      code: 'PMX_TOKEN_EXISTS',
      message: `There is a token ${user}!${wanted} already, and its secret cannot be read again.`,
      hints: [
        'Choose another name: --token-name NAME',
        `Or remove it first: pveum user token remove ${user} ${wanted}`,
      ],
    });
  }
  const base = `pmx-${hostname()
    .split('.')[0]!
    .replaceAll(/[^\w-]/g, '-')}`.slice(0, 40);
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
  return name;
}

function privilegesOf(
  roles: ReadonlyArray<{ roleid: string; privs?: string }>,
  role: string,
): string[] {
  const { privs = '' } = roles.find(({ roleid }) => roleid === role) ?? {};
  return privs.split(',').filter((privilege) => privilege !== '');
}

function refuseOtherRole(role: string, held: readonly string[], wanted: readonly string[]): void {
  if ([...held].sort().join() === [...wanted].sort().join()) return;
  throw new RequestError({
    code: 'PMX_ROLE_DIFFERS',
    message: `The server has a role ${role}, but with other privileges than pmx needs.`,
    hints: [
      `Make it what it should be: pveum role modify ${role} --privs ${wanted.join(',')}`,
      'Or choose another --role.',
    ],
    data: { role, held, wanted },
  });
}

/** Both are asked beforehand, so that no half of it has to be taken back. */
async function refuseUngrantable(
  pve: PveReader,
  user: string,
  paths: readonly string[],
  role: string,
  privileges: readonly string[],
): Promise<string[]> {
  const notes: string[] = [];
  for (const path of paths) {
    const held = new Set(
      Object.keys(
        (await pve.get<Record<string, Record<string, number>>>('/access/permissions', { path }))[
          path
        ] ?? {},
      ),
    );
    if (!held.has('Permissions.Modify')) throw cannotGrant(user, path, role);
    const lacking = privileges.filter((privilege) => !held.has(privilege));
    if (lacking.length > 0)
      notes.push(
        `${user} has no ${lacking.join(', ')} on ${path}, so the token will not have it either.`,
      );
  }
  return notes;
}

function cannotGrant(user: string, path: string, role: string): ProxmoxError {
  return new ProxmoxError({
    code: 'PMX_CANNOT_GRANT',
    message: `${user} may not grant rights on ${path} (Permissions.Modify), and a token without rights sees nothing. Nothing was made.`,
    hints: [
      `Ask an administrator for a token: pveum user token add ${user} pmx --privsep 1 && pveum acl modify ${path} --tokens '${user}!pmx' --roles ${role}`,
      'Or log in without a token: --no-create-token (the password is then asked for each time).',
    ],
    data: { user, path, role },
  });
}

/** Whether the server still has that token. */
export async function tokenExists(pve: PveReader, user: string, token: string): Promise<boolean> {
  try {
    await pve.get(`/access/users/${encodeURIComponent(user)}/token/${encodeURIComponent(token)}`);
    return true;
  } catch (error) {
    if (isPmxError(error) && /no such token/i.test(error.message)) return false;
    throw error;
  }
}
