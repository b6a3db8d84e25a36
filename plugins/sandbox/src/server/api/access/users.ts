import { randomUUID } from 'node:crypto';
import type { App } from '../../app.js';
import { hashPassword, hashToken } from '../../auth/secrets.js';
import { failure, parameterError } from '../../errors.js';
import type { Token, User } from '../../state/model.js';
import { flag, optionalInteger, optionalText, text } from '../common.js';
import type { Call, ParamTable, Permissions, Route } from '../types.js';
import { REALMS, userid, userOf } from './common.js';

const tokenid = text('User-specific token identifier.', { pattern: '[A-Za-z][A-Za-z0-9\\.\\-_]+' });
const SELF_OR_ADMIN: Permissions = {
  check: ['or', ['userid-param', 'self'], ['userid-group', ['User.Modify']]],
};
const TOKEN_PARAMS: ParamTable = {
  userid,
  tokenid,
  comment: optionalText('Comment.'),
  expire: optionalInteger(
    "API token expiration date (seconds since epoch). '0' means no expiration date.",
    { minimum: 0 },
  ),
  privsep: flag(
    'Restrict API token privileges with separate ACLs (default), or give full privileges of corresponding user.',
    1,
  ),
};
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
  lastname: optionalText('Last name.', { maxLength: 1024 }),
};

function tokenRow(token: Token): Record<string, unknown> {
  return {
    expire: token.expire,
    privsep: token.privsep,
    ...(token.comment === undefined ? {} : { comment: token.comment }),
  };
}

function userRow(user: User): Record<string, unknown> {
  const row: Record<string, unknown> = { enable: user.enable, expire: user.expire };
  for (const key of ['comment', 'email', 'firstname', 'lastname'] as const)
    if (user[key] !== undefined) row[key] = user[key];
  return row;
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
      ...userRow(entry),
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
  for (const key of ['comment', 'email', 'firstname', 'lastname'] as const)
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

function tokenOf(app: App, id: string, name: string): Token {
  const token = userOf(app, id).tokens[name];
  if (!token) throw failure(`no such token '${name}' for user '${id}'`);
  return token;
}

function createToken({ app, params }: Call): unknown {
  const id = params.string('userid');
  const name = params.string('tokenid');
  const user = userOf(app, id);
  if (user.tokens[name]) throw parameterError({ tokenid: 'Token already exists.' });
  const value = randomUUID();
  const privsep = params.has('privsep') && !params.flag('privsep') ? 0 : 1;
  const token: Token = {
    secret: hashToken(value),
    privsep,
    expire: params.optionalNumber('expire') ?? 0,
  };
  if (params.has('comment')) token.comment = params.string('comment');
  user.tokens[name] = token;
  app.store.touch();
  // Observed: the numbers come back as texts here, and only those that were given.
  const info = {
    privsep: String(privsep),
    ...(params.has('expire') ? { expire: String(token.expire) } : {}),
    ...(token.comment === undefined ? {} : { comment: token.comment }),
  };
  return { 'full-tokenid': `${id}!${name}`, value, info };
}

function updateToken({ app, params }: Call): unknown {
  const token = tokenOf(app, params.string('userid'), params.string('tokenid'));
  if (params.has('privsep')) token.privsep = params.flag('privsep') ? 1 : 0;
  if (params.has('expire')) token.expire = params.number('expire');
  if (params.has('comment')) token.comment = params.string('comment');
  app.store.touch();
  return { ...tokenRow(token), ...(params.has('expire') ? { expire: String(token.expire) } : {}) };
}

function deleteToken({ app, params }: Call): null {
  const id = params.string('userid');
  const name = params.string('tokenid');
  tokenOf(app, id, name);
  const { state } = app.store;
  delete state.users[id]!.tokens[name];
  state.acl = state.acl.filter((entry) => entry.ugid !== `${id}!${name}`);
  app.store.touch();
  return null;
}

const TOKEN = '/access/users/{userid}/token/{tokenid}';

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
  {
    method: 'GET',
    path: '/access/users/{userid}/token',
    name: 'token_index',
    description: 'Get user API tokens.',
    returns: 'array',
    permissions: SELF_OR_ADMIN,
    params: { userid },
    handler: ({ app, params }) =>
      Object.entries(userOf(app, params.string('userid')).tokens).map(([name, token]) => ({
        tokenid: name,
        ...tokenRow(token),
      })),
  },
  {
    method: 'GET',
    path: TOKEN,
    name: 'read_token',
    description: 'Get specific API token information.',
    returns: 'object',
    permissions: SELF_OR_ADMIN,
    params: { userid, tokenid },
    handler: ({ app, params }) =>
      tokenRow(tokenOf(app, params.string('userid'), params.string('tokenid'))),
  },
  {
    method: 'POST',
    path: TOKEN,
    name: 'generate_token',
    description:
      'Generate a new API token for a specific user. NOTE: returns API token value, which needs to be stored as it cannot be retrieved afterwards!',
    returns: 'object',
    protected: true,
    permissions: SELF_OR_ADMIN,
    params: TOKEN_PARAMS,
    handler: createToken,
  },
  {
    method: 'PUT',
    path: TOKEN,
    name: 'update_token_info',
    description: 'Update API token for a specific user.',
    returns: 'object',
    protected: true,
    permissions: SELF_OR_ADMIN,
    params: TOKEN_PARAMS,
    handler: updateToken,
  },
  {
    method: 'DELETE',
    path: TOKEN,
    name: 'remove_token',
    description: 'Remove API token for a specific user.',
    returns: 'null',
    protected: true,
    permissions: SELF_OR_ADMIN,
    params: { userid, tokenid },
    handler: deleteToken,
  },
];
