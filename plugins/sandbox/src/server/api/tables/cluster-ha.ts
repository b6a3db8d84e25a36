import type { DeclaredRoutes } from '../declare.js';
import { ALL, AUDIT, CONSOLE, digest } from './shared.js';

const kind = { enum: ['ct', 'vm'], optional: 1, type: 'string' } as const;
const comment = { maxLength: 4096, optional: 1, type: 'string' } as const;
const failback = { default: 1, optional: 1, type: 'boolean' } as const;
const group = { format: 'pve-configid', optional: 1, type: 'string' } as const;
const maxRelocate = { default: 1, minimum: 0, optional: 1, type: 'integer' } as const;
const maxRestart = { default: 1, minimum: 0, optional: 1, type: 'integer' } as const;
const sid = { format: 'pve-ha-resource-or-vm-id', type: 'string' } as const;
const state = {
  default: 'started',
  enum: ['started', 'stopped', 'enabled', 'disabled', 'ignored'],
  optional: 1,
  type: 'string',
} as const;
const deletion = {
  format: 'pve-configid-list',
  maxLength: 4096,
  optional: 1,
  type: 'string',
} as const;
const givenGroup = { format: 'pve-configid', type: 'string' } as const;
const nofailback = { default: 0, optional: 1, type: 'boolean' } as const;
const restricted = { default: 0, optional: 1, type: 'boolean' } as const;
const rule = { format: 'pve-configid', type: 'string' } as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const clusterHaTable = {
  'GET /cluster/ha': { permissions: AUDIT, returns: 'array' },
  'GET /cluster/ha/resources': { permissions: AUDIT, returns: 'array', params: { type: kind } },
  'POST /cluster/ha/resources': {
    permissions: CONSOLE,
    protected: true,
    returns: 'null',
    params: {
      comment,
      failback,
      group,
      max_relocate: maxRelocate,
      max_restart: maxRestart,
      sid,
      state,
      type: kind,
    },
  },
  'GET /cluster/ha/resources/{sid}': { permissions: AUDIT, returns: 'object', params: { sid } },
  'PUT /cluster/ha/resources/{sid}': {
    permissions: CONSOLE,
    protected: true,
    returns: 'null',
    params: {
      comment,
      delete: deletion,
      digest,
      failback,
      group,
      max_relocate: maxRelocate,
      max_restart: maxRestart,
      sid,
      state,
    },
  },
  'DELETE /cluster/ha/resources/{sid}': {
    permissions: CONSOLE,
    protected: true,
    returns: 'null',
    params: { purge: { type: 'boolean', optional: 1, default: 1 }, sid },
  },
  'GET /cluster/ha/groups': { permissions: AUDIT, returns: 'array' },
  'GET /cluster/ha/groups/{group}': {
    permissions: AUDIT,
    returns: 'any',
    params: { group: givenGroup },
  },
  'PUT /cluster/ha/groups/{group}': {
    permissions: CONSOLE,
    protected: true,
    returns: 'null',
    params: {
      comment,
      delete: deletion,
      digest,
      group: givenGroup,
      nodes: { type: 'string', optional: 1, format: 'pve-ha-node-list' },
      nofailback,
      restricted,
    },
  },
  'DELETE /cluster/ha/groups/{group}': {
    permissions: CONSOLE,
    protected: true,
    returns: 'null',
    params: { group: givenGroup },
  },
  'POST /cluster/ha/groups': {
    permissions: CONSOLE,
    protected: true,
    returns: 'null',
    params: {
      comment,
      group: givenGroup,
      nodes: { type: 'string', format: 'pve-ha-node-list' },
      nofailback,
      restricted,
      type: { type: 'string', optional: 1, enum: ['group'] },
    },
  },
  'GET /cluster/ha/rules': {
    permissions: AUDIT,
    returns: 'array',
    params: {
      resource: { type: 'string', optional: 1 },
      type: { type: 'string', optional: 1, enum: ['node-affinity', 'resource-affinity'] },
    },
  },
  'POST /cluster/ha/rules': { permissions: CONSOLE, protected: true, returns: 'null' },
  'GET /cluster/ha/rules/{rule}': { permissions: AUDIT, returns: 'object', params: { rule } },
  'PUT /cluster/ha/rules/{rule}': { permissions: CONSOLE, protected: true, returns: 'null' },
  'DELETE /cluster/ha/rules/{rule}': {
    permissions: CONSOLE,
    protected: true,
    returns: 'null',
    params: { rule },
  },
  'GET /cluster/ha/status': { permissions: ALL, returns: 'array' },
  'GET /cluster/ha/status/current': { permissions: AUDIT, returns: 'array' },
  'GET /cluster/ha/status/manager_status': { permissions: AUDIT, returns: 'object' },
} as const satisfies DeclaredRoutes;
