import type { DeclaredRoutes } from '../declare.js';
import { ALL, digest } from './shared.js';

const comment = { optional: 1, type: 'string' } as const;
const disable = { default: 0, optional: 1, type: 'boolean' } as const;
const name = { format: 'pve-configid', type: 'string' } as const;
const server = { type: 'string' } as const;
const deletion = { optional: 1, type: 'array' } as const;
const optionalServer = { optional: 1, type: 'string' } as const;
const author = { optional: 1, type: 'string' } as const;
const fromAddress = { optional: 1, type: 'string' } as const;
const mailto = { optional: 1, type: 'array' } as const;
const mailtoUser = { optional: 1, type: 'array' } as const;
const mode = {
  default: 'tls',
  enum: ['insecure', 'starttls', 'tls'],
  optional: 1,
  type: 'string',
} as const;
const password = { optional: 1, type: 'string' } as const;
const port = { optional: 1, type: 'integer' } as const;
const username = { optional: 1, type: 'string' } as const;
const body = { optional: 1, type: 'string' } as const;
const header = { optional: 1, type: 'array' } as const;
const secret = { optional: 1, type: 'array' } as const;
const invertMatch = { optional: 1, type: 'boolean' } as const;
const matchCalendar = { optional: 1, type: 'array' } as const;
const matchField = { optional: 1, type: 'array' } as const;
const matchSeverity = { optional: 1, type: 'array' } as const;
const optionalMode = { default: 'all', enum: ['all', 'any'], optional: 1, type: 'string' } as const;
const target = { optional: 1, type: 'array' } as const;
const MAY_MAPPING_AUDIT = { check: ['perm', '/mapping/notifications', ['Mapping.Audit']] } as const;
const MAY_MAPPING_MODIFY = {
  check: [
    'and',
    ['perm', '/mapping/notifications', ['Mapping.Modify']],
    ['or', ['perm', '/', ['Sys.Audit', 'Sys.Modify']], ['perm', '/', ['Sys.AccessNetwork']]],
  ],
} as const;
const MAY_MAPPING_MODIFY_OR_MAPPING_AUDIT = {
  check: [
    'or',
    ['perm', '/mapping/notifications', ['Mapping.Modify']],
    ['perm', '/mapping/notifications', ['Mapping.Audit']],
  ],
} as const;
const MAY_MAPPING_MODIFY_NOTIFICATIONS = {
  check: ['perm', '/mapping/notifications', ['Mapping.Modify']],
} as const;
const MAY_MAPPING_MODIFY_NOTIFICATIONS_ONE = {
  check: [
    'or',
    ['perm', '/mapping/notifications', ['Mapping.Modify']],
    ['perm', '/mapping/notifications', ['Mapping.Audit']],
    ['perm', '/mapping/notifications', ['Mapping.Use']],
  ],
} as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const clusterNotificationsTable = {
  'GET /cluster/notifications': { permissions: ALL, returns: 'array' },
  'GET /cluster/notifications/endpoints': { permissions: ALL, returns: 'array' },
  'GET /cluster/notifications/endpoints/gotify': {
    permissions: MAY_MAPPING_AUDIT,
    protected: true,
    returns: 'array',
  },
  'POST /cluster/notifications/endpoints/gotify': {
    permissions: MAY_MAPPING_MODIFY,
    protected: true,
    returns: 'null',
    params: { comment, disable, name, server, token: { type: 'string' } },
  },
  'GET /cluster/notifications/endpoints/gotify/{name}': {
    permissions: MAY_MAPPING_MODIFY_OR_MAPPING_AUDIT,
    protected: true,
    returns: 'object',
    params: { name },
  },
  'PUT /cluster/notifications/endpoints/gotify/{name}': {
    permissions: MAY_MAPPING_MODIFY,
    protected: true,
    returns: 'null',
    params: {
      comment,
      delete: deletion,
      digest,
      disable,
      name,
      server: optionalServer,
      token: { type: 'string', optional: 1 },
    },
  },
  'DELETE /cluster/notifications/endpoints/gotify/{name}': {
    permissions: MAY_MAPPING_MODIFY_NOTIFICATIONS,
    protected: true,
    returns: 'null',
    params: { name },
  },
  'GET /cluster/notifications/endpoints/sendmail': {
    permissions: MAY_MAPPING_MODIFY_OR_MAPPING_AUDIT,
    protected: true,
    returns: 'array',
  },
  'POST /cluster/notifications/endpoints/sendmail': {
    permissions: MAY_MAPPING_MODIFY,
    protected: true,
    returns: 'null',
    params: {
      author,
      comment,
      disable,
      'from-address': fromAddress,
      mailto,
      'mailto-user': mailtoUser,
      name,
    },
  },
  'GET /cluster/notifications/endpoints/sendmail/{name}': {
    permissions: MAY_MAPPING_MODIFY_OR_MAPPING_AUDIT,
    protected: true,
    returns: 'object',
    params: { name },
  },
  'PUT /cluster/notifications/endpoints/sendmail/{name}': {
    permissions: MAY_MAPPING_MODIFY,
    protected: true,
    returns: 'null',
    params: {
      author,
      comment,
      delete: deletion,
      digest,
      disable,
      'from-address': fromAddress,
      mailto,
      'mailto-user': mailtoUser,
      name,
    },
  },
  'DELETE /cluster/notifications/endpoints/sendmail/{name}': {
    permissions: MAY_MAPPING_MODIFY_NOTIFICATIONS,
    protected: true,
    returns: 'null',
    params: { name },
  },
  'GET /cluster/notifications/endpoints/smtp': {
    permissions: MAY_MAPPING_MODIFY_OR_MAPPING_AUDIT,
    protected: true,
    returns: 'array',
  },
  'POST /cluster/notifications/endpoints/smtp': {
    permissions: MAY_MAPPING_MODIFY,
    protected: true,
    returns: 'null',
    params: {
      author,
      comment,
      disable,
      'from-address': { type: 'string' },
      mailto,
      'mailto-user': mailtoUser,
      mode,
      name,
      password,
      port,
      server,
      username,
    },
  },
  'GET /cluster/notifications/endpoints/smtp/{name}': {
    permissions: MAY_MAPPING_MODIFY_OR_MAPPING_AUDIT,
    protected: true,
    returns: 'object',
    params: { name },
  },
  'PUT /cluster/notifications/endpoints/smtp/{name}': {
    permissions: MAY_MAPPING_MODIFY,
    protected: true,
    returns: 'null',
    params: {
      author,
      comment,
      delete: deletion,
      digest,
      disable,
      'from-address': fromAddress,
      mailto,
      'mailto-user': mailtoUser,
      mode,
      name,
      password,
      port,
      server: optionalServer,
      username,
    },
  },
  'DELETE /cluster/notifications/endpoints/smtp/{name}': {
    permissions: MAY_MAPPING_MODIFY_NOTIFICATIONS,
    protected: true,
    returns: 'null',
    params: { name },
  },
  'GET /cluster/notifications/endpoints/webhook': {
    permissions: MAY_MAPPING_AUDIT,
    protected: true,
    returns: 'array',
  },
  'POST /cluster/notifications/endpoints/webhook': {
    permissions: MAY_MAPPING_MODIFY,
    protected: true,
    returns: 'null',
    params: {
      body,
      comment,
      disable,
      header,
      method: { type: 'string', enum: ['post', 'put', 'get'] },
      name,
      secret,
      url: { type: 'string' },
    },
  },
  'GET /cluster/notifications/endpoints/webhook/{name}': {
    permissions: MAY_MAPPING_MODIFY_OR_MAPPING_AUDIT,
    protected: true,
    returns: 'object',
    params: { name },
  },
  'PUT /cluster/notifications/endpoints/webhook/{name}': {
    permissions: MAY_MAPPING_MODIFY,
    protected: true,
    returns: 'null',
    params: {
      body,
      comment,
      delete: deletion,
      digest,
      disable,
      header,
      method: { type: 'string', optional: 1, enum: ['post', 'put', 'get'] },
      name,
      secret,
      url: { type: 'string', optional: 1 },
    },
  },
  'DELETE /cluster/notifications/endpoints/webhook/{name}': {
    permissions: MAY_MAPPING_MODIFY_NOTIFICATIONS,
    protected: true,
    returns: 'null',
    params: { name },
  },
  'GET /cluster/notifications/matcher-field-values': {
    permissions: MAY_MAPPING_MODIFY_OR_MAPPING_AUDIT,
    protected: true,
    returns: 'array',
  },
  'GET /cluster/notifications/matcher-fields': {
    permissions: MAY_MAPPING_MODIFY_OR_MAPPING_AUDIT,
    returns: 'array',
  },
  'GET /cluster/notifications/matchers': {
    permissions: MAY_MAPPING_MODIFY_NOTIFICATIONS_ONE,
    protected: true,
    returns: 'array',
  },
  'POST /cluster/notifications/matchers': {
    permissions: MAY_MAPPING_MODIFY_NOTIFICATIONS,
    protected: true,
    returns: 'null',
    params: {
      comment,
      disable,
      'invert-match': invertMatch,
      'match-calendar': matchCalendar,
      'match-field': matchField,
      'match-severity': matchSeverity,
      mode: optionalMode,
      name,
      target,
    },
  },
  'GET /cluster/notifications/matchers/{name}': {
    permissions: MAY_MAPPING_MODIFY_OR_MAPPING_AUDIT,
    protected: true,
    returns: 'object',
    params: { name },
  },
  'PUT /cluster/notifications/matchers/{name}': {
    permissions: MAY_MAPPING_MODIFY_NOTIFICATIONS,
    protected: true,
    returns: 'null',
    params: {
      comment,
      delete: deletion,
      digest,
      disable,
      'invert-match': invertMatch,
      'match-calendar': matchCalendar,
      'match-field': matchField,
      'match-severity': matchSeverity,
      mode: optionalMode,
      name,
      target,
    },
  },
  'DELETE /cluster/notifications/matchers/{name}': {
    permissions: MAY_MAPPING_MODIFY_NOTIFICATIONS,
    protected: true,
    returns: 'null',
    params: { name },
  },
  'GET /cluster/notifications/targets': {
    permissions: MAY_MAPPING_MODIFY_NOTIFICATIONS_ONE,
    protected: true,
    returns: 'array',
  },
} as const satisfies DeclaredRoutes;
