import { BUILTIN_ROLES } from '../../auth/privileges.js';
import type { Identity } from '../../auth/acl.js';
import { failure } from '../../errors.js';
import type { AclEntry } from '../../state/model.js';
import { flag, optionalText, text } from '../common.js';
import type { Call, Permissions, Route } from '../types.js';

const roleid = text('Role ID', { format: 'pve-roleid' });
const groupid = text('Group ID', { format: 'pve-groupid' });
const privs = optionalText('Privileges.', { format: 'pve-priv-list' });
const ROLES: Permissions = { check: ['perm', '/access', ['Sys.Modify']] };
const GROUPS: Permissions = { check: ['perm', '/access/groups', ['Group.Allocate']] };
/** Paths that an ACL may have; anything else PVE calls an invalid path. */
const PATH =
  /^\/(?:|access(?:\/.+)?|mapping(?:\/.+)?|nodes(?:\/[^/]+)?|pool(?:\/.+)?|sdn(?:\/.+)?|storage(?:\/[^/]+)?|vms(?:\/\d+)?)$/;

function normalizePath(path: string): string {
  const clean = `/${path
    .split('/')
    .filter((piece) => piece !== '')
    .join('/')}`;
  if (!PATH.test(clean)) throw failure(`invalid ACL path '${path}'`);
  return clean;
}

/** Changes what is granted on one path. */
function updateAcl({ app, params }: Call): null {
  const { state } = app.store;
  const path = normalizePath(params.string('path'));
  const propagate = params.has('propagate') && !params.flag('propagate') ? 0 : 1;
  const subjects: { type: AclEntry['type']; ugid: string }[] = [
    ...params.list('users').map((ugid) => ({ type: 'user' as const, ugid })),
    ...params.list('groups').map((ugid) => ({ type: 'group' as const, ugid })),
    ...params.list('tokens').map((ugid) => ({ type: 'token' as const, ugid })),
  ];
  if (subjects.length === 0)
    throw failure("ACL update failed: either 'users', 'groups' or 'tokens' is required.");
  for (const { type, ugid } of subjects) {
    const [user = '', token = ''] = ugid.split('!');
    if (type === 'group' && !state.groups[ugid])
      throw failure(`ACL update failed: group '${ugid}' does not exist`);
    if (type !== 'group' && !state.users[user])
      throw failure(`ACL update failed: user '${user}' does not exist`);
    if (type === 'token' && !state.users[user]?.tokens[token])
      throw failure(`ACL update failed: no such token '${token}' for user '${user}'`);
  }
  for (const role of params.list('roles')) {
    if (!app.acl.rolePrivileges(role))
      throw failure(`ACL update failed: role '${role}' does not exist`);
    for (const subject of subjects) {
      state.acl = state.acl.filter(
        (entry) =>
          !(
            entry.path === path &&
            entry.type === subject.type &&
            entry.ugid === subject.ugid &&
            entry.roleid === role
          ),
      );
      if (!params.flag('delete')) state.acl.push({ path, ...subject, roleid: role, propagate });
    }
  }
  app.store.touch();
  return null;
}

function permissions({ app, user, params }: Call): unknown {
  let who: Identity = user;
  const other = params.optionalString('userid');
  if (other !== undefined && other !== user.id) {
    app.acl.check(user, '/access', ['Sys.Audit']);
    const [id = '', tokenid] = other.split('!');
    who = tokenid === undefined ? { id, userid: id } : { id: other, userid: id, tokenid };
  }
  const path = params.optionalString('path');
  if (path === undefined) return app.acl.summary(who);
  const held = app.acl.privileges(who, path);
  return held.size > 0 ? { [path]: Object.fromEntries(held) } : {};
}

function ownRole({ app, params }: Call, verb: string): string {
  const id = params.string('roleid');
  if (BUILTIN_ROLES[id]) throw failure(`auto-generated role '${id}' cannot be ${verb}`);
  if (!app.store.state.roles[id]) throw failure(`role '${id}' does not exist`);
  return id;
}

export const aclRoutes: Route[] = [
  {
    method: 'GET',
    path: '/access/acl',
    name: 'read_acl',
    description: 'Get Access Control List (ACLs).',
    returns: 'array',
    permissions: {
      user: 'all',
      description:
        'The returned list is restricted to objects where you have rights to modify permissions.',
    },
    handler: ({ app, user }) =>
      app.store.state.acl.filter(
        (entry) =>
          app.acl.has(user, entry.path, ['Permissions.Modify']) ||
          app.acl.has(user, '/access', ['Sys.Audit']),
      ),
  },
  {
    method: 'PUT',
    path: '/access/acl',
    name: 'update_acl',
    description: 'Update Access Control List (add or remove permissions).',
    returns: 'null',
    permissions: { check: ['perm-modify', '{path}'] },
    protected: true,
    params: {
      path: text('Access control path'),
      roles: text('List of roles.', { format: 'pve-roleid-list' }),
      users: optionalText('List of users.', { format: 'pve-userid-list' }),
      groups: optionalText('List of groups.', { format: 'pve-groupid-list' }),
      tokens: optionalText('List of API tokens.', { format: 'pve-tokenid-list' }),
      propagate: flag('Allow to propagate (inherit) permissions.', 1),
      delete: flag('Remove permissions (instead of adding it).'),
    },
    handler: updateAcl,
  },
  {
    method: 'GET',
    path: '/access/permissions',
    name: 'permissions',
    description: 'Retrieve effective permissions of given user/token.',
    returns: 'object',
    permissions: { user: 'all' },
    params: {
      path: optionalText('Only dump this specific path, not the whole tree.'),
      userid: optionalText('User ID or full API token ID', {
        pattern: '[^\\s:/]+@[A-Za-z][A-Za-z0-9.\\-_]+(?:![A-Za-z][A-Za-z0-9.\\-_]+)?',
      }),
    },
    handler: permissions,
  },
  {
    method: 'GET',
    path: '/access/roles',
    name: 'index',
    description: 'Role index.',
    returns: 'array',
    permissions: { user: 'all' },
    handler: ({ app }) => [
      ...Object.entries(BUILTIN_ROLES).map(([id, list]) => ({
        roleid: id,
        privs: [...list].sort().join(','),
        special: 1,
      })),
      ...Object.entries(app.store.state.roles).map(([id, list]) => ({
        roleid: id,
        privs: [...list].sort().join(','),
        special: 0,
      })),
    ],
  },
  {
    method: 'POST',
    path: '/access/roles',
    name: 'create_role',
    description: 'Create new role.',
    returns: 'null',
    permissions: ROLES,
    protected: true,
    params: { roleid, privs },
    handler: ({ app, params }) => {
      const id = params.string('roleid');
      if (app.acl.rolePrivileges(id))
        throw failure(`create role failed: role '${id}' already exists`);
      app.store.state.roles[id] = params.list('privs');
      app.store.touch();
      return null;
    },
  },
  {
    method: 'GET',
    path: '/access/roles/{roleid}',
    name: 'read_role',
    description: 'Get role configuration.',
    returns: 'object',
    permissions: { user: 'all' },
    params: { roleid },
    handler: ({ app, params }) => {
      const list = app.acl.rolePrivileges(params.string('roleid'));
      if (!list) throw failure(`role '${params.string('roleid')}' does not exist`);
      return Object.fromEntries(list.map((name) => [name, 1]));
    },
  },
  {
    method: 'PUT',
    path: '/access/roles/{roleid}',
    name: 'update_role',
    description: 'Update an existing role.',
    returns: 'null',
    permissions: ROLES,
    protected: true,
    params: { roleid, privs, append: { ...flag('Append.'), requires: 'privs' } },
    handler: (call) => {
      const id = ownRole(call, 'modified');
      const list = call.params.list('privs');
      call.app.store.state.roles[id] = call.params.flag('append')
        ? [...new Set([...call.app.store.state.roles[id]!, ...list])]
        : list;
      call.app.store.touch();
      return null;
    },
  },
  {
    method: 'DELETE',
    path: '/access/roles/{roleid}',
    name: 'delete_role',
    description: 'Delete role.',
    returns: 'null',
    permissions: ROLES,
    protected: true,
    params: { roleid },
    handler: (call) => {
      const id = ownRole(call, 'deleted');
      const { state } = call.app.store;
      delete state.roles[id];
      state.acl = state.acl.filter((entry) => entry.roleid !== id);
      call.app.store.touch();
      return null;
    },
  },
  {
    method: 'GET',
    path: '/access/groups',
    name: 'index',
    description: 'Group index.',
    returns: 'array',
    permissions: { user: 'all' },
    handler: ({ app, user }) =>
      Object.entries(app.store.state.groups)
        .filter(([id]) =>
          ['/access/groups', `/access/groups/${id}`].some((path) =>
            app.acl.has(user, path, ['User.Modify', 'Sys.Audit', 'Group.Allocate'], true),
          ),
        )
        .map(([id, group]) => ({
          groupid: id,
          ...group,
          users: Object.entries(app.store.state.users)
            .filter(([, entry]) => entry.groups.includes(id))
            .map(([name]) => name)
            .join(','),
        })),
  },
  {
    method: 'POST',
    path: '/access/groups',
    name: 'create_group',
    description: 'Create new group.',
    returns: 'null',
    permissions: GROUPS,
    protected: true,
    params: { groupid, comment: optionalText('Comment.') },
    handler: ({ app, params }) => {
      const id = params.string('groupid');
      if (app.store.state.groups[id])
        throw failure(`create group failed: group '${id}' already exists`);
      app.store.state.groups[id] = params.has('comment')
        ? { comment: params.string('comment') }
        : {};
      app.store.touch();
      return null;
    },
  },
  {
    method: 'GET',
    path: '/access/groups/{groupid}',
    name: 'read_group',
    description: 'Get group configuration.',
    returns: 'object',
    permissions: { check: ['perm', '/access/groups', ['Sys.Audit', 'Group.Allocate'], 'any', 1] },
    params: { groupid },
    handler: ({ app, params }) => {
      const group = app.store.state.groups[params.string('groupid')];
      if (!group) throw failure(`group '${params.string('groupid')}' does not exist`);
      return {
        ...group,
        members: Object.entries(app.store.state.users)
          .filter(([, entry]) => entry.groups.includes(params.string('groupid')))
          .map(([id]) => id),
      };
    },
  },
  {
    method: 'DELETE',
    path: '/access/groups/{groupid}',
    name: 'delete_group',
    description: 'Delete group.',
    returns: 'null',
    permissions: GROUPS,
    protected: true,
    params: { groupid },
    handler: ({ app, params }) => {
      const id = params.string('groupid');
      const { state } = app.store;
      if (!state.groups[id]) throw failure(`delete group failed: group '${id}' does not exist`);
      delete state.groups[id];
      state.acl = state.acl.filter((entry) => !(entry.type === 'group' && entry.ugid === id));
      for (const user of Object.values(state.users))
        user.groups = user.groups.filter((group) => group !== id);
      app.store.touch();
      return null;
    },
  },
];
