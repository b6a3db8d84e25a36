import type { App } from '../../app.js';
import { hashPassword } from '../../auth/secrets.js';
import { failure } from '../../errors.js';
import type { User } from '../../state/model.js';
import { flag, optionalInteger, optionalText } from '../common.js';
import type { Call, ParamTable, Route } from '../types.js';
import { REALMS, userid, userOf } from './common.js';
import { tokenRow } from './tokens.js';

const USER_PARAMS: ParamTable = {
  userid,
  comment: optionalText('Comment.', { maxLength: 2048 }),
  email: optionalText('E-mail.', { format: 'email-opt', maxLength: 254 }),
  enable: flag("Enable the account (default). You can set this to '0' to disable the account", 1),
  expire: optionalInteger(
    "Account expiration date (seconds since epoch). '0' means no expiration date.",
    { minimum: 0 },
  ),
  firstname: optionalText('First name.', { maxLength: 1024 }),
  groups: optionalText('Groups.', { format: 'pve-groupid-list' }),
  keys: optionalText('Keys for two factor auth (yubico).', { pattern: '[0-9a-zA-Z!=]{0,4096}' }),
  lastname: optionalText('Last name.', { maxLength: 1024 }),
};

function userRow(user: User): Record<string, unknown> {
  const row: Record<string, unknown> = { enable: user.enable, expire: user.expire };
  for (const key of ['comment', 'email', 'firstname', 'keys', 'lastname'] as const)
    if (user[key] !== undefined) row[key] = user[key];
  return row;
}

/** Is there nobody but root@pam? PVE has no user.cfg then, and no expiry date. */
function isUntouched({ store: { state } }: App): boolean {
  const users = Object.values(state.users);
  return users.length === 1 && Object.keys(users[0]!.tokens).length === 0 && state.acl.length === 0;
}

/** Lists everybody to those who manage users, and others only themselves. */
function listUsers({ app, user, params }: Call): unknown[] {
  const full = params.flag('full');
  const manages = app.acl.has(user, '/access/groups', ['User.Modify', 'Sys.Audit'], true);
  return Object.entries(app.store.state.users)
    .filter(
      ([id, entry]) =>
        (manages || id === user.userid) &&
        (!params.has('enabled') || entry.enable === Number(params.flag('enabled'))),
    )
    .map(([id, entry]) => ({
      userid: id,
      'realm-type': id.split('@').at(-1),
      // Who was entered by hand has an address, if only an empty one; root@pam was not.
      ...(id === 'root@pam' ? {} : { email: '' }),
      ...userRow(entry),
      ...(isUntouched(app) ? { expire: undefined } : {}),
      ...(full
        ? {
            groups: entry.groups.join(','),
            tokens: Object.entries(entry.tokens).map(([name, token]) => ({
              tokenid: name,
              ...tokenRow(token),
            })),
          }
        : {}),
    }));
}

function applyUser(app: App, user: User, { params }: Call): void {
  if (params.has('enable')) user.enable = params.flag('enable') ? 1 : 0;
  if (params.has('expire')) user.expire = params.number('expire');
  for (const key of ['comment', 'email', 'firstname', 'keys', 'lastname'] as const)
    if (params.has(key)) user[key] = params.string(key);
  if (params.has('groups')) {
    const groups = params.list('groups');
    for (const group of groups)
      if (!app.store.state.groups[group]) throw failure(`no such group '${group}'`);
    user.groups = params.flag('append') ? [...new Set([...user.groups, ...groups])] : groups;
  }
}

async function createUser(call: Call): Promise<null> {
  const { app, params } = call;
  const id = params.string('userid');
  if (app.store.state.users[id]) throw failure(`create user failed: user '${id}' already exists`);
  const realm = id.split('@').at(-1) ?? '';
  if (!REALMS.includes(realm))
    throw failure(`create user failed: domain '${realm}' does not exist`);
  const user: User = { enable: 1, expire: 0, groups: [], tokens: {} };
  applyUser(app, user, call);
  if (params.has('password')) user.password = await hashPassword(params.string('password'));
  app.store.state.users[id] = user;
  app.store.touch();
  return null;
}

function deleteUser({ app, params }: Call): null {
  const id = params.string('userid');
  if (id === 'root@pam') throw failure("delete user failed: unable to delete user 'root@pam'");
  userOf(app, id, 'delete user failed: ');
  const { state } = app.store;
  delete state.users[id];
  state.acl = state.acl.filter((entry) => entry.ugid !== id && !entry.ugid.startsWith(`${id}!`));
  app.store.touch();
  return null;
}

export const userRoutes: Route[] = [
  {
    method: 'GET',
    path: '/access/users',
    name: 'index',
    description: 'User index.',
    returns: 'array',
    protected: true,
    permissions: {
      user: 'all',
      description:
        "The returned list is restricted to users where you have 'User.Modify' or 'Sys.Audit' permissions on '/access/groups' or on a group the user belongs too. But it always includes the current (authenticated) user.",
    },
    params: {
      enabled: flag('Optional filter for enable property.'),
      full: flag('Include group and token information.', 0),
    },
    handler: listUsers,
  },
  {
    method: 'POST',
    path: '/access/users',
    name: 'create_user',
    description: 'Create new user.',
    returns: 'null',
    protected: true,
    permissions: {
      check: [
        'and',
        ['userid-param', 'Realm.AllocateUser'],
        ['userid-group', ['User.Modify'], 'groups_param', 'create'],
      ],
    },
    params: {
      ...USER_PARAMS,
      password: optionalText('Initial password.', { minLength: 8, maxLength: 64 }),
    },
    handler: createUser,
  },
  {
    method: 'GET',
    path: '/access/users/{userid}',
    name: 'read_user',
    description: 'Get user configuration.',
    returns: 'object',
    permissions: { check: ['userid-group', ['User.Modify', 'Sys.Audit']] },
    params: { userid },
    handler: ({ app, params }) => {
      const user = userOf(app, params.string('userid'));
      return {
        ...userRow(user),
        groups: user.groups,
        tokens: Object.fromEntries(
          Object.entries(user.tokens).map(([name, token]) => [name, tokenRow(token)]),
        ),
      };
    },
  },
  {
    method: 'PUT',
    path: '/access/users/{userid}',
    name: 'update_user',
    description: 'Update user configuration.',
    returns: 'null',
    protected: true,
    permissions: { check: ['userid-group', ['User.Modify'], 'groups_param', 'update'] },
    params: { ...USER_PARAMS, append: { ...flag('Append.'), requires: 'groups' } },
    handler: (call) => {
      applyUser(
        call.app,
        userOf(call.app, call.params.string('userid'), 'update user failed: '),
        call,
      );
      call.app.store.touch();
      return null;
    },
  },
  {
    method: 'DELETE',
    path: '/access/users/{userid}',
    name: 'delete_user',
    description: 'Delete user.',
    returns: 'null',
    protected: true,
    permissions: {
      check: ['and', ['userid-param', 'Realm.AllocateUser'], ['userid-group', ['User.Modify']]],
    },
    params: { userid },
    handler: deleteUser,
  },
];
