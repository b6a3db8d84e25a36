import { node } from '../common.js';
import type { DeclaredRoutes } from '../declare.js';
import { ALL } from './shared.js';

const id = {
  format: 'pve-replication-job-id',
  pattern: '[1-9][0-9]{2,8}-\\d{1,9}',
  type: 'string',
} as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const nodeReplicationTable = {
  'GET /nodes/{node}/replication': {
    permissions: ALL,
    protected: true,
    returns: 'array',
    params: {
      guest: { type: 'integer', optional: 1, format: 'pve-vmid', maximum: 999999999, minimum: 100 },
      node,
    },
  },
  'GET /nodes/{node}/replication/{id}': {
    permissions: ALL,
    returns: 'array',
    params: { id, node },
  },
  'GET /nodes/{node}/replication/{id}/status': {
    permissions: ALL,
    protected: true,
    returns: 'object',
    params: { id, node },
  },
  'GET /nodes/{node}/replication/{id}/log': {
    permissions: ALL,
    protected: true,
    returns: 'array',
    params: {
      id,
      limit: { type: 'integer', optional: 1, minimum: 0 },
      node,
      start: { type: 'integer', optional: 1, minimum: 0 },
    },
  },
} as const satisfies DeclaredRoutes;
