import type { DeclaredRoutes } from '../declare.js';
import { AUDIT } from './shared.js';

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const clusterConfigTable = {
  'GET /cluster/config': { permissions: AUDIT, returns: 'array' },
  'GET /cluster/config/apiversion': { permissions: AUDIT, returns: 'integer' },
  'GET /cluster/config/join': {
    permissions: AUDIT,
    returns: 'object',
    params: { node: { type: 'string', optional: 1, format: 'pve-node' } },
  },
  'GET /cluster/config/nodes': { permissions: AUDIT, returns: 'array' },
  'GET /cluster/config/qdevice': { permissions: AUDIT, protected: true, returns: 'object' },
  'GET /cluster/config/totem': { permissions: AUDIT, returns: 'object' },
} as const satisfies DeclaredRoutes;
