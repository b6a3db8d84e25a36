import type { DeclaredRoutes } from '../declare.js';
import { ALL } from './shared.js';

const pending = { optional: 1, type: 'boolean' } as const;
const running = { optional: 1, type: 'boolean' } as const;
const fabricId = {
  format: 'pve-sdn-fabric-id',
  maxLength: 8,
  minLength: 2,
  pattern: '[a-zA-Z0-9][a-zA-Z0-9-]{0,6}[a-zA-Z0-9]',
  type: 'string',
} as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const clusterSdnTable = {
  'GET /cluster/sdn': { permissions: { check: ['perm', '/sdn', ['SDN.Audit']] }, returns: 'array' },
  'GET /cluster/sdn/controllers': {
    permissions: ALL,
    returns: 'array',
    params: {
      pending,
      running,
      type: { type: 'string', optional: 1, enum: ['bgp', 'evpn', 'faucet', 'isis'] },
    },
  },
  'GET /cluster/sdn/controllers/{controller}': {
    permissions: { check: ['perm', '/sdn/controllers/{controller}', ['SDN.Allocate']] },
    returns: 'any',
    params: {
      controller: {
        type: 'string',
        maxLength: 64,
        minLength: 2,
        pattern: '[a-zA-Z][a-zA-Z0-9_-]*[a-zA-Z0-9]',
      },
      pending,
      running,
    },
  },
  'GET /cluster/sdn/dns': {
    permissions: ALL,
    returns: 'array',
    params: { type: { type: 'string', optional: 1, enum: ['powerdns'] } },
  },
  'GET /cluster/sdn/dns/{dns}': {
    permissions: { check: ['perm', '/sdn/dns/{dns}', ['SDN.Allocate']] },
    returns: 'object',
    params: { dns: { type: 'string', minLength: 2, pattern: '[a-zA-Z][a-zA-Z0-9]*[a-zA-Z0-9]' } },
  },
  'GET /cluster/sdn/fabrics': {
    permissions: { check: ['perm', '/sdn/fabrics', ['SDN.Audit']] },
    returns: 'array',
  },
  'GET /cluster/sdn/fabrics/all': {
    permissions: ALL,
    returns: 'object',
    params: { pending, running },
  },
  'GET /cluster/sdn/fabrics/fabric': {
    permissions: ALL,
    returns: 'array',
    params: { pending, running },
  },
  'GET /cluster/sdn/fabrics/fabric/{id}': {
    permissions: { check: ['perm', '/sdn/fabrics/{id}', ['SDN.Audit', 'SDN.Allocate'], 'any', 1] },
    returns: 'object',
    params: {
      id: {
        type: 'string',
        format: 'pve-sdn-fabric-id',
        maxLength: 8,
        minLength: 2,
        pattern: '[a-zA-Z0-9][a-zA-Z0-9-]{0,6}[a-zA-Z0-9]',
      },
    },
  },
  'GET /cluster/sdn/fabrics/node': {
    permissions: ALL,
    returns: 'array',
    params: { pending, running },
  },
  'GET /cluster/sdn/fabrics/node/{fabric_id}': {
    permissions: { check: ['perm', '/sdn/fabrics/{fabric_id}', ['SDN.Audit']] },
    returns: 'array',
    params: { fabric_id: fabricId, pending, running },
  },
  'GET /cluster/sdn/fabrics/node/{fabric_id}/{node_id}': {
    permissions: {
      check: [
        'and',
        ['perm', '/sdn/fabrics/{fabric_id}', ['SDN.Audit', 'SDN.Allocate'], 'any', 1],
        ['perm', '/nodes/{node_id}', ['Sys.Audit', 'Sys.Modify'], 'any', 1],
      ],
    },
    returns: 'any',
    params: { fabric_id: fabricId, node_id: { type: 'string', format: 'pve-node' } },
  },
  'GET /cluster/sdn/ipams': {
    permissions: ALL,
    returns: 'array',
    params: { type: { type: 'string', optional: 1, enum: ['netbox', 'phpipam', 'pve'] } },
  },
  'GET /cluster/sdn/ipams/{ipam}': {
    permissions: { check: ['perm', '/sdn/ipams/{ipam}', ['SDN.Allocate']] },
    returns: 'object',
    params: { ipam: { type: 'string', minLength: 2, pattern: '[a-zA-Z][a-zA-Z0-9]*[a-zA-Z0-9]' } },
  },
  'GET /cluster/sdn/vnets': { permissions: ALL, returns: 'array', params: { pending, running } },
  'GET /cluster/sdn/vnets/{vnet}': {
    permissions: ALL,
    returns: 'any',
    params: {
      pending,
      running,
      vnet: {
        type: 'string',
        maxLength: 8,
        minLength: 2,
        pattern: '[a-zA-Z][a-zA-Z0-9]*[a-zA-Z0-9]',
      },
    },
  },
  'GET /cluster/sdn/zones': {
    permissions: ALL,
    returns: 'array',
    params: {
      pending,
      running,
      type: {
        type: 'string',
        optional: 1,
        enum: ['evpn', 'faucet', 'qinq', 'simple', 'vlan', 'vxlan'],
      },
    },
  },
  'GET /cluster/sdn/zones/{zone}': {
    permissions: { check: ['perm', '/sdn/zones/{zone}', ['SDN.Allocate']] },
    returns: 'any',
    params: {
      pending,
      running,
      zone: {
        type: 'string',
        maxLength: 8,
        minLength: 2,
        pattern: '[a-zA-Z][a-zA-Z0-9]*[a-zA-Z0-9]',
      },
    },
  },
} as const satisfies DeclaredRoutes;
