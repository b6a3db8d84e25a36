import { node } from '../common.js';
import type { DeclaredRoutes } from '../declare.js';
import { ALL } from './shared.js';

const maxWorkers = { maximum: 64, minimum: 1, optional: 1, type: 'integer' } as const;
const vms = { format: 'pve-vmid-list', optional: 1, type: 'string' } as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const nodeBulkTable = {
  'POST /nodes/{node}/startall': {
    permissions: ALL,
    protected: true,
    returns: 'string',
    params: {
      force: { type: 'boolean', optional: 1, default: 'off' },
      'max-workers': maxWorkers,
      node,
      vms,
    },
  },
  'POST /nodes/{node}/stopall': {
    permissions: ALL,
    protected: true,
    returns: 'string',
    params: {
      'force-stop': { type: 'boolean', optional: 1, default: 1 },
      'max-workers': maxWorkers,
      node,
      timeout: { type: 'integer', optional: 1, default: 180, maximum: 7200, minimum: 0 },
      vms,
    },
  },
} as const satisfies DeclaredRoutes;
