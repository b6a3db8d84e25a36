import type { DeclaredRoutes } from '../declare.js';
import { ALL, MODIFY, NODE_AUDIT } from './shared.js';

const directory = {
  default: 'https://acme-v02.api.letsencrypt.org/directory',
  optional: 1,
  pattern: '^https?://.*',
  type: 'string',
} as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const clusterAcmeTable = {
  'GET /cluster/acme': { permissions: ALL, returns: 'array' },
  'GET /cluster/acme/account': { permissions: ALL, protected: true, returns: 'array' },
  'GET /cluster/acme/account/{name}': {
    permissions: {},
    protected: true,
    returns: 'object',
    params: { name: { type: 'string', optional: 1, default: 'default', format: 'pve-configid' } },
  },
  'GET /cluster/acme/challenge-schema': { permissions: ALL, returns: 'array' },
  'GET /cluster/acme/directories': { permissions: ALL, returns: 'array' },
  'GET /cluster/acme/meta': { permissions: NODE_AUDIT, returns: 'object', params: { directory } },
  'GET /cluster/acme/plugins': {
    permissions: MODIFY,
    protected: true,
    returns: 'array',
    params: { type: { type: 'string', optional: 1, enum: ['dns', 'standalone'] } },
  },
  'GET /cluster/acme/plugins/{id}': {
    permissions: MODIFY,
    protected: true,
    returns: 'object',
    params: { id: { type: 'string', format: 'pve-configid' } },
  },
  'GET /cluster/acme/tos': { permissions: ALL, returns: 'string', params: { directory } },
} as const satisfies DeclaredRoutes;
