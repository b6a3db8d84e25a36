import { randomUUID } from 'node:crypto';
import type { App } from '../../app.js';
import { hashToken } from '../../auth/secrets.js';
import { failure, parameterError } from '../../errors.js';
import type { Token } from '../../state/model.js';
import { flag, optionalInteger, optionalText, text } from '../common.js';
import type { Call, ParamTable, Permissions, Route } from '../types.js';
import { userid, userOf } from './common.js';

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

/** A token as lists show it, without its secret. */
export function tokenRow(token: Token): Record<string, unknown> {
  return {
    expire: token.expire,
    privsep: token.privsep,
    ...(token.comment === undefined ? {} : { comment: token.comment }),
  };
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
  const id = params.string('userid');
  const name = params.string('tokenid');
  const token = tokenOf(app, id, name);
  if (params.has('privsep')) token.privsep = params.flag('privsep') ? 1 : 0;
  if (params.has('expire')) token.expire = params.number('expire');
  if (params.has('comment')) token.comment = params.string('comment');
  for (const key of params.list('delete')) {
    if (key === 'comment') delete token.comment;
    else if (key === 'expire') token.expire = 0;
    else if (key === 'privsep') token.privsep = 1;
  }
  const value = params.flag('regenerate') ? randomUUID() : undefined;
  if (value !== undefined) token.secret = hashToken(value);
  app.store.touch();
  return {
    ...tokenRow(token),
    ...(params.has('expire') ? { expire: String(token.expire) } : {}),
    ...(value === undefined ? {} : { value, 'full-tokenid': `${id}!${name}` }),
  };
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

export const tokenRoutes: Route[] = [
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
    params: {
      ...TOKEN_PARAMS,
      delete: optionalText('A list of settings you want to delete.', {
        format: 'pve-configid-list',
      }),
      regenerate: flag('Regenerate the token secret while keeping the token entry.', 0),
    },
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
