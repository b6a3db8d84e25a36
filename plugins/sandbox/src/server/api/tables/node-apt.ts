import { node } from '../common.js';
import type { DeclaredRoutes } from '../declare.js';
import { ALL, NODE_AUDIT, NODE_MODIFY } from './shared.js';

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const nodeAptTable = {
  'GET /nodes/{node}/apt': { permissions: ALL, returns: 'array', params: { node } },
  'GET /nodes/{node}/apt/update': {
    permissions: NODE_MODIFY,
    protected: true,
    returns: 'array',
    params: { node },
  },
  'POST /nodes/{node}/apt/update': {
    permissions: NODE_MODIFY,
    protected: true,
    returns: 'string',
    params: {
      node,
      notify: { type: 'boolean', optional: 1, default: 0 },
      quiet: { type: 'boolean', optional: 1, default: 0 },
    },
  },
  'GET /nodes/{node}/apt/versions': { permissions: NODE_AUDIT, returns: 'array', params: { node } },
  'GET /nodes/{node}/apt/repositories': {
    permissions: NODE_AUDIT,
    returns: 'object',
    params: { node },
  },
  'GET /nodes/{node}/apt/changelog': {
    permissions: NODE_MODIFY,
    returns: 'string',
    params: {
      name: { type: 'string', pattern: '(?:[a-z0-9][-+.a-z0-9:]+)' },
      node,
      version: { type: 'string', optional: 1 },
    },
  },
  'GET /nodes/{node}/certificates': { permissions: ALL, returns: 'array', params: { node } },
  'GET /nodes/{node}/certificates/acme': { permissions: ALL, returns: 'array', params: { node } },
  'GET /nodes/{node}/certificates/info': { permissions: ALL, returns: 'array', params: { node } },
} as const satisfies DeclaredRoutes;
