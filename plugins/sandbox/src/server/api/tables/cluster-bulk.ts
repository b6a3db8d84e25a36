import type { DeclaredRoutes } from '../declare.js';
import { ALL } from './shared.js';

const maxWorkers = { default: 4, maximum: 64, minimum: 1, optional: 1, type: 'integer' } as const;
const maxworkers = { default: 4, maximum: 64, minimum: 1, optional: 1, type: 'integer' } as const;
const vms = { optional: 1, type: 'array' } as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const clusterBulkTable = {
  'GET /cluster/bulk-action': { permissions: ALL, returns: 'array' },
  'GET /cluster/bulk-action/guest': { permissions: ALL, returns: 'array' },
  'POST /cluster/bulk-action/guest/start': {
    permissions: ALL,
    protected: true,
    returns: 'string',
    params: {
      'max-workers': maxWorkers,
      maxworkers,
      timeout: { type: 'integer', optional: 1 },
      vms,
    },
  },
  'POST /cluster/bulk-action/guest/shutdown': {
    permissions: ALL,
    protected: true,
    returns: 'string',
    params: {
      'force-stop': { type: 'boolean', optional: 1, default: 1 },
      'max-workers': maxWorkers,
      maxworkers,
      timeout: { type: 'integer', optional: 1, default: 180 },
      vms,
    },
  },
  'POST /cluster/bulk-action/guest/suspend': {
    permissions: ALL,
    protected: true,
    returns: 'string',
    params: {
      'max-workers': maxWorkers,
      maxworkers,
      statestorage: { type: 'string', optional: 1, format: 'pve-storage-id', requires: 'to-disk' },
      'to-disk': { type: 'boolean', optional: 1, default: 0 },
      vms,
    },
  },
} as const satisfies DeclaredRoutes;
