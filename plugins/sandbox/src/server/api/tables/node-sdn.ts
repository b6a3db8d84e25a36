import { node } from '../common.js';
import type { DeclaredRoutes } from '../declare.js';
import { ALL } from './shared.js';

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const nodeSdnTable = {
  'GET /nodes/{node}/sdn': { permissions: ALL, returns: 'array', params: { node } },
  'GET /nodes/{node}/sdn/zones': {
    permissions: ALL,
    protected: true,
    returns: 'array',
    params: { node },
  },
} as const satisfies DeclaredRoutes;
