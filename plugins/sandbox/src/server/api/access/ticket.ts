import { createHash } from 'node:crypto';
import type { Identity } from '../../auth/acl.js';
import { isEnabled } from '../../auth/authenticate.js';
import { hashPassword, passwordMatches, tokenMatches } from '../../auth/secrets.js';
import { failure, forbidden, PveError } from '../../errors.js';
import { flag, optionalText, text } from '../common.js';
import type { Call, Route } from '../types.js';
import { userid, userOf } from './common.js';

/** The areas of the web interface and the privileges that count there, as POST /access/ticket tells them. */
const CAPABILITIES: Readonly<Record<string, { path: string; privileges: RegExp }>> = {
  vms: { path: '/vms', privileges: /^(?:VM\.|Permissions\.Modify$)/ },
  storage: { path: '/storage', privileges: /^(?:Datastore\.|Permissions\.Modify$)/ },
  access: { path: '/access', privileges: /^(?:User\.Modify|Group\.Allocate|Permissions\.Modify)$/ },
  nodes: { path: '/nodes', privileges: /^(?:Sys\.|Permissions\.Modify$)/ },
  dc: { path: '/', privileges: /^(?:Sys\.Audit|Sys\.Modify|SDN\..*)$/ },
  sdn: { path: '/sdn', privileges: /^(?:SDN\.|Permissions\.Modify$)/ },
  mapping: { path: '/mapping', privileges: /^(?:Mapping\.|Permissions\.Modify$)/ },
};

function refused(): PveError {
  return new PveError(401, 'authentication failure');
}

async function checkPassword(call: Call, id: string, password: string): Promise<boolean> {
  const { state } = call.app.store;
  if (!isEnabled(state, id)) return false;
  // A valid ticket of the same user renews itself.
  if (password.startsWith('PVE:')) return call.app.tickets.userOf(password) === id;
  const stored = state.users[id]?.password;
  if (stored) return passwordMatches(password, stored);
  // root@pam has no password of its own in a sandbox: the secret of its token serves until one is set.
  const token = id === 'root@pam' ? state.users[id]?.tokens['pmx'] : undefined;
  return token !== undefined && tokenMatches(password, token.secret);
}

function capabilities(call: Call, who: Identity): Record<string, Record<string, 1>> {
  return Object.fromEntries(
    Object.entries(CAPABILITIES).map(([area, { path, privileges }]) => {
      const held = [...call.app.acl.privileges(who, path).keys()].filter((name) =>
        privileges.test(name),
      );
      return [area, Object.fromEntries(held.map((name) => [name, 1 as const]))];
    }),
  );
}

async function login(call: Call): Promise<unknown> {
  const { app, params } = call;
  const name = params.string('username');
  const realm = params.optionalString('realm');
  const id = name.includes('@') ? name : `${name}@${realm ?? 'pam'}`;
  if (!(await checkPassword(call, id, params.string('password')))) {
    app.tasks.logEvent(id, app.store.state.nodes[0] ?? '', `authentication failure; user=${id}`);
    throw refused();
  }
  app.tasks.logEvent(id, app.store.state.nodes[0] ?? '', `successful auth for user '${id}'`);
  const who: Identity = { id, userid: id };
  return {
    username: id,
    ticket: app.tickets.issue(id),
    CSRFPreventionToken: app.tickets.csrf(id),
    cap: capabilities(call, who),
  };
}

async function changePassword(call: Call): Promise<null> {
  const { app, user, params } = call;
  const id = params.string('userid');
  if (user.id !== 'root@pam') {
    // Everybody but root has to say their own password again.
    const confirmation = params.optionalString('confirmation-password');
    if (confirmation === undefined || !(await checkPassword(call, user.id, confirmation)))
      throw refused();
    if (id === 'root@pam') throw forbidden();
  }
  userOf(app, id).password = await hashPassword(params.string('password'));
  app.store.touch();
  return null;
}

const DOMAINS: Readonly<Record<string, Record<string, string>>> = {
  pam: { type: 'pam', comment: 'Linux PAM standard authentication' },
  pve: { type: 'pve', comment: 'Proxmox VE authentication server' },
};

export const ticketRoutes: Route[] = [
  {
    method: 'GET',
    path: '/access/ticket',
    name: 'get_ticket',
    description: 'Dummy. Useful for formatters which want to provide a login page.',
    returns: 'null',
    permissions: { user: 'world' },
    handler: () => null,
  },
  {
    method: 'POST',
    path: '/access/ticket',
    name: 'create_ticket',
    description: 'Create or verify authentication ticket.',
    returns: 'object',
    permissions: { user: 'world' },
    protected: true,
    allowtoken: 0,
    params: {
      username: text('User name', { maxLength: 64 }),
      password: text('The secret password. This can also be a valid ticket.'),
      realm: optionalText('You can optionally pass the realm using this parameter.', {
        format: 'pve-realm',
        maxLength: 32,
      }),
      otp: optionalText('One-time password for Two-factor authentication.'),
      path: {
        ...optionalText("Verify ticket, and check if user have access 'privs' on 'path'", {
          maxLength: 64,
        }),
        requires: 'privs',
      },
      privs: {
        ...optionalText("Verify ticket, and check if user have access 'privs' on 'path'", {
          format: 'pve-priv-list',
          maxLength: 64,
        }),
        requires: 'path',
      },
      'new-format': flag('This parameter is now ignored and assumed to be 1.', 1),
      'tfa-challenge': optionalText(
        'The signed TFA challenge string the user wants to respond to.',
      ),
    },
    handler: login,
  },
  {
    method: 'PUT',
    path: '/access/password',
    name: 'change_password',
    description: 'Change user password.',
    returns: 'null',
    protected: true,
    allowtoken: 0,
    permissions: {
      check: [
        'or',
        ['userid-param', 'self'],
        ['and', ['userid-param', 'Realm.AllocateUser'], ['userid-group', ['User.Modify']]],
      ],
    },
    params: {
      userid,
      password: text('The new password.', { minLength: 8, maxLength: 64 }),
      'confirmation-password': optionalText(
        'The current password of the user performing the change.',
        { minLength: 5, maxLength: 64 },
      ),
    },
    handler: changePassword,
  },
  {
    method: 'GET',
    path: '/access/domains',
    name: 'index',
    description: 'Authentication domain index.',
    returns: 'array',
    permissions: { user: 'world' },
    handler: () => Object.entries(DOMAINS).map(([realm, domain]) => ({ realm, ...domain })),
  },
  {
    method: 'GET',
    path: '/access/domains/{realm}',
    name: 'read',
    description: 'Get auth server configuration.',
    returns: 'object',
    params: { realm: text('Authentication domain ID', { format: 'pve-realm', maxLength: 32 }) },
    permissions: { check: ['perm', '/access/realm', ['Realm.Allocate', 'Sys.Audit'], 'any', 1] },
    handler: ({ params }) => {
      const domain = DOMAINS[params.string('realm')];
      if (!domain) throw failure(`domain '${params.string('realm')}' does not exist`);
      // The checksum of domains.cfg, which is empty: both realms are built in.
      const digest = createHash('sha1').update('').digest('hex');
      return {
        ...domain,
        digest,
        plugin: domain['type'] === 'pam' ? 'PVE::Auth::PAM' : 'PVE::Auth::PVE',
      };
    },
  },
];
