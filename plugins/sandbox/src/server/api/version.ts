import { VERSION } from '../host/packages.js';
import type { Route } from './types.js';

const index = (path: string, name: string, entries: readonly Record<string, string>[]): Route => ({
  method: 'GET',
  path,
  name,
  description: 'Directory index.',
  permissions: { user: 'all' },
  returns: 'array',
  handler: () => entries,
});

export const versionRoutes: Route[] = [
  index(
    '/',
    'index',
    ['version', 'cluster', 'nodes', 'storage', 'access', 'pools'].map((subdir) => ({ subdir })),
  ),
  index(
    '/access',
    'access_index',
    'users groups roles acl domains openid tfa ticket password'
      .split(' ')
      .map((subdir) => ({ subdir })),
  ),
  index(
    '/cluster',
    'cluster_index',
    (
      'acme backup backup-info bulk-action ceph config firewall ha jobs log mapping metrics ' +
      'notifications nextid options qemu replication resources status tasks sdn'
    )
      .split(' ')
      .map((name) => ({ name })),
  ),
  {
    method: 'GET',
    path: '/version',
    name: 'version',
    description: 'API version details, including some parts of the global datacenter config.',
    permissions: { user: 'all' },
    returns: 'object',
    handler: () => VERSION,
  },
];
