import type { Plan, PveReader, Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { parseAclPath, parseTokenId, type Subject, subjectParameter } from './names.js';
import {
  type Grant,
  knownPrivileges,
  readGrants,
  readGroup,
  readRoles,
  readUser,
  roleIn,
} from './read.js';

export interface AclRequest {
  path: string;
  roles: readonly string[];
  subjects: readonly Subject[];
}

export interface AclChanged {
  path: string;
  roles: string[];
  /** Users, groups and tokens. */
  who: string[];
  /** How many grants are other than before. */
  changed: number;
}

/** @throws RequestError `PMX_INVALID_ACL_PATH`, `PMX_ACL_FOR_NOBODY`, `PMX_ACCESS_NOT_FOUND` */
export async function planAclSet(
  pve: PveReader,
  request: AclRequest,
  propagate: boolean,
): Promise<Plan> {
  const { path, grants, wanted } = await look(pve, request);
  for (const { type, who } of wanted) await refuseUnknown(pve, { type, name: who });
  const steps = grantSteps(
    grants,
    wanted.map((grant) => ({ ...grant, propagate })),
  );
  return planOf('set', request, path, steps, [
    ...(path === '/' ? [] : ['On this path it replaces what is inherited from the paths above.']),
    ...request.subjects
      .filter(({ type }) => type === 'token')
      .map(({ name }) => `What ${name} may do ends where its user's rights do.`),
  ]);
}

/** For each that is not so yet; undo brings back what was there before. */
export function grantSteps(before: readonly Grant[], wanted: readonly Grant[]): Step[] {
  return wanted.flatMap((grant): Step[] => {
    const old = before.find((other) => isSame(other, grant));
    if (old?.propagate === grant.propagate) return [];
    const { id: _, ...back } = old ? setting(old) : taking(grant);
    return [{ ...setting(grant), undo: [back] } as Step];
  });
}

/** @throws RequestError `PMX_INVALID_ACL_PATH`, `PMX_ACL_FOR_NOBODY`, `PMX_ACL_NOT_FOUND` */
export async function planAclRemove(pve: PveReader, request: AclRequest): Promise<Plan> {
  const { path, grants, wanted } = await look(pve, request);
  const steps = wanted.map((grant): Step => {
    const before = grants.find((other) => isSame(other, grant));
    if (!before) throw noGrant(grant, grants);
    const { id: _, ...back } = setting(before);
    return { ...taking(before), undo: [back] } as Step;
  });
  const own = request.subjects.filter(({ name }) =>
    [pve.user, pve.user.split('!')[0]].includes(name),
  );
  return planOf(
    'remove',
    request,
    path,
    steps,
    own.map(({ name }) => `${name} is who you are: you may lose the right to undo this.`),
  );
}

async function look(
  pve: PveReader,
  { path: given, roles, subjects }: AclRequest,
): Promise<{ path: string; grants: Grant[]; wanted: Array<Omit<Grant, 'propagate'>> }> {
  const path = parseAclPath(given);
  if (subjects.length === 0) {
    throw new RequestError({
      code: 'PMX_ACL_FOR_NOBODY',
      message: 'Whom it is about is missing.',
      hints: ["Add --user ci@pve, --group admins or --token 'ci@pve!deploy'."],
    });
  }
  const known = await readRoles(pve);
  for (const role of roles) roleIn(known, role);
  await refuseBlind(pve, path, knownPrivileges(known));
  const wanted = subjects.flatMap(({ type, name }) =>
    roles.map((role) => ({ path, role, type, who: name })),
  );
  return { path, grants: await readGrants(pve), wanted };
}

/** Without that right the list of grants is silent about the path, and undo would be a guess. */
async function refuseBlind(
  pve: PveReader,
  path: string,
  privileges: ReadonlySet<string>,
): Promise<void> {
  if (!privileges.has('Permissions.Modify')) return;
  const held = await pve.get<Record<string, Record<string, number>>>('/access/permissions', {
    path,
  });
  if (held[path]?.['Permissions.Modify'] !== undefined) return;
  throw new RequestError({
    code: 'PMX_ACL_BLIND',
    message: `${pve.user} may not see who has rights on ${path}, so nothing of it is changed.`,
    hints: [`It needs Permissions.Modify on ${path}.`],
    data: { path },
  });
}

async function refuseUnknown(pve: PveReader, { type, name }: Subject): Promise<void> {
  if (type === 'group') return void (await readGroup(pve, name));
  const { user } = type === 'token' ? parseTokenId(name) : { user: name };
  const { tokens } = await readUser(pve, user);
  if (type === 'user' || tokens.includes(name)) return;
  const { notFound } = await import('./names.js');
  throw notFound('token', name, tokens);
}

function isSame(a: Omit<Grant, 'propagate'>, b: Omit<Grant, 'propagate'>): boolean {
  return a.path === b.path && a.role === b.role && a.type === b.type && a.who === b.who;
}

type Call = Extract<Step, { kind: 'pve.call' }>;

function setting({ path, role, type, who, propagate }: Grant): Call {
  return {
    id: `set-${type}-${who}-${role}`,
    title: `Let ${who} have ${role} on ${path}${propagate ? '' : ', not below'}`,
    kind: 'pve.call',
    args: {
      method: 'PUT',
      path: '/access/acl',
      params: { path, roles: role, ...subjectParameter({ type, name: who }), propagate },
      idempotent: true,
    },
  };
}

function taking({ path, role, type, who }: Omit<Grant, 'propagate'>): Call {
  return {
    id: `remove-${type}-${who}-${role}`,
    title: `Take ${role} on ${path} from ${who}`,
    kind: 'pve.call',
    args: {
      method: 'PUT',
      path: '/access/acl',
      params: { path, roles: role, ...subjectParameter({ type, name: who }), delete: true },
      idempotent: true,
    },
  };
}

function planOf(
  verb: 'set' | 'remove',
  { roles, subjects }: AclRequest,
  path: string,
  steps: readonly Step[],
  notes: readonly string[],
): Plan {
  const who = subjects.map(({ name }) => name);
  const title = `${roles.join(', ')} on ${path} ${verb === 'set' ? 'to' : 'from'} ${who.join(', ')}`;
  const said = steps.length === 0 ? ['Nothing to do: it is so already.'] : notes;
  return {
    operation: `access.acl.${verb}`,
    target: `ACL of ${path}`,
    title: `${verb === 'set' ? 'Give' : 'Take'} ${title}`,
    steps,
    ...(said.length > 0 && { notes: said }),
    result: { path, roles, who, changed: steps.length },
  };
}

function noGrant(
  { path, role, who }: Omit<Grant, 'propagate'>,
  grants: readonly Grant[],
): RequestError {
  const own = grants.filter((grant) => grant.who === who);
  const elsewhere = own.map((grant) => `${grant.role} on ${grant.path}`);
  return new RequestError({
    code: 'PMX_ACL_NOT_FOUND',
    message: `${who} has no role ${role} of its own on ${path}${elsewhere.length > 0 ? `, only ${elsewhere.join(', ')}` : ''}.`,
    hints: [
      'What is inherited is taken away where it was given.',
      'See what there is: pmx access acl list',
    ],
    data: { path, role, who },
  });
}
