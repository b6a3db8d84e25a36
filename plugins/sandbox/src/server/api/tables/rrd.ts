import { node, storage, vmid } from '../common.js';
import type { DeclaredRoutes } from '../declare.js';
import { NODE_AUDIT, VM_AUDIT } from './shared.js';

const cf = { enum: ['AVERAGE', 'MAX'], optional: 1, type: 'string' } as const;
const ds = { format: 'pve-configid-list', type: 'string' } as const;
const timeframe = {
  enum: ['hour', 'day', 'week', 'month', 'year', 'decade'],
  type: 'string',
} as const;
const givenTimeframe = { enum: ['hour', 'day', 'week', 'month', 'year'], type: 'string' } as const;
const MAY_DATASTORE_AUDIT = {
  check: ['perm', '/storage/{storage}', ['Datastore.Audit', 'Datastore.AllocateSpace'], 'any', 1],
} as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const rrdTable = {
  'GET /nodes/{node}/rrd': {
    permissions: NODE_AUDIT,
    protected: true,
    returns: 'object',
    params: { cf, ds, node, timeframe },
  },
  'GET /nodes/{node}/rrddata': {
    permissions: NODE_AUDIT,
    protected: true,
    returns: 'array',
    params: { cf, node, timeframe },
  },
  'GET /nodes/{node}/qemu/{vmid}/rrd': {
    permissions: VM_AUDIT,
    protected: true,
    returns: 'object',
    params: { cf, ds, node, timeframe: givenTimeframe, vmid },
  },
  'GET /nodes/{node}/qemu/{vmid}/rrddata': {
    permissions: VM_AUDIT,
    protected: true,
    returns: 'array',
    params: { cf, node, timeframe: givenTimeframe, vmid },
  },
  'GET /nodes/{node}/storage/{storage}/rrd': {
    permissions: MAY_DATASTORE_AUDIT,
    protected: true,
    returns: 'object',
    params: { cf, ds, node, storage, timeframe: givenTimeframe },
  },
  'GET /nodes/{node}/storage/{storage}/rrddata': {
    permissions: MAY_DATASTORE_AUDIT,
    protected: true,
    returns: 'array',
    params: { cf, node, storage, timeframe: givenTimeframe },
  },
} as const satisfies DeclaredRoutes;
