import { node } from '../common.js';
import type { DeclaredRoutes } from '../declare.js';
import { ALL, AUDIT } from './shared.js';

const osdid = { type: 'integer' } as const;
const name = { type: 'string' } as const;
const MAY_SYS_AUDIT_OR_DATASTORE_AUDIT = {
  check: ['perm', '/', ['Sys.Audit', 'Datastore.Audit'], 'any', 1],
} as const;
const MAY_SYS_AUDIT = { check: ['perm', '/', ['Sys.Audit'], 'any', 1] } as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const cephTable = {
  'GET /cluster/ceph': { permissions: ALL, returns: 'array' },
  'GET /cluster/ceph/flags': { permissions: AUDIT, protected: true, returns: 'array' },
  'GET /cluster/ceph/flags/{flag}': {
    permissions: AUDIT,
    protected: true,
    returns: 'boolean',
    params: {
      flag: {
        type: 'string',
        enum: [
          'nobackfill',
          'nodeep-scrub',
          'nodown',
          'noin',
          'noout',
          'norebalance',
          'norecover',
          'noscrub',
          'notieragent',
          'noup',
          'pause',
        ],
      },
    },
  },
  'GET /cluster/ceph/metadata': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    protected: true,
    returns: 'object',
    params: { scope: { type: 'string', optional: 1, default: 'all', enum: ['all', 'versions'] } },
  },
  'GET /cluster/ceph/status': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    protected: true,
    returns: 'object',
  },
  'GET /nodes/{node}/ceph': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    returns: 'array',
    params: { node },
  },
  'GET /nodes/{node}/ceph/cfg': { permissions: ALL, returns: 'array', params: { node } },
  'GET /nodes/{node}/ceph/cfg/db': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    protected: true,
    returns: 'array',
    params: { node },
  },
  'GET /nodes/{node}/ceph/cfg/raw': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    returns: 'string',
    params: { node },
  },
  'GET /nodes/{node}/ceph/cfg/value': {
    permissions: AUDIT,
    protected: true,
    returns: 'object',
    params: {
      'config-keys': {
        type: 'string',
        maxLength: 4096,
        pattern:
          '(?:^(?:(?:[0-9a-zA-Z\\-_\\.]+:[0-9a-zA-Z\\-_]+))(?:[;, ](?:[0-9a-zA-Z\\-_\\.]+:[0-9a-zA-Z\\-_]+))*$)',
      },
      node,
    },
  },
  'GET /nodes/{node}/ceph/cmd-safety': {
    permissions: AUDIT,
    protected: true,
    returns: 'object',
    params: {
      action: { type: 'string', enum: ['stop', 'destroy'] },
      id: { type: 'string' },
      node,
      service: { type: 'string', enum: ['osd', 'mon', 'mds'] },
    },
  },
  'GET /nodes/{node}/ceph/crush': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    protected: true,
    returns: 'string',
    params: { node },
  },
  'GET /nodes/{node}/ceph/fs': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    protected: true,
    returns: 'array',
    params: { node },
  },
  'GET /nodes/{node}/ceph/log': {
    permissions: { check: ['perm', '/nodes/{node}', ['Sys.Syslog']] },
    protected: true,
    returns: 'array',
    params: {
      limit: { type: 'integer', optional: 1, minimum: 0 },
      node,
      start: { type: 'integer', optional: 1, minimum: 0 },
    },
  },
  'GET /nodes/{node}/ceph/mds': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    protected: true,
    returns: 'array',
    params: { node },
  },
  'GET /nodes/{node}/ceph/mgr': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    protected: true,
    returns: 'array',
    params: { node },
  },
  'GET /nodes/{node}/ceph/mon': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    protected: true,
    returns: 'array',
    params: { node },
  },
  'GET /nodes/{node}/ceph/osd': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    protected: true,
    returns: 'object',
    params: { node },
  },
  'GET /nodes/{node}/ceph/osd/{osdid}': {
    permissions: ALL,
    returns: 'array',
    params: { node, osdid },
  },
  'GET /nodes/{node}/ceph/osd/{osdid}/lv-info': {
    permissions: MAY_SYS_AUDIT,
    protected: true,
    returns: 'object',
    params: {
      node,
      osdid,
      type: { type: 'string', optional: 1, default: 'block', enum: ['block', 'db', 'wal'] },
    },
  },
  'GET /nodes/{node}/ceph/osd/{osdid}/metadata': {
    permissions: MAY_SYS_AUDIT,
    protected: true,
    returns: 'object',
    params: { node, osdid },
  },
  'GET /nodes/{node}/ceph/pool': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    protected: true,
    returns: 'array',
    params: { node },
  },
  'GET /nodes/{node}/ceph/pool/{name}': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    returns: 'array',
    params: { name, node },
  },
  'GET /nodes/{node}/ceph/pool/{name}/status': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    protected: true,
    returns: 'object',
    params: { name, node, verbose: { type: 'boolean', optional: 1, default: 0 } },
  },
  'GET /nodes/{node}/ceph/rules': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    protected: true,
    returns: 'array',
    params: { node },
  },
  'GET /nodes/{node}/ceph/status': {
    permissions: MAY_SYS_AUDIT_OR_DATASTORE_AUDIT,
    protected: true,
    returns: 'object',
    params: { node },
  },
} as const satisfies DeclaredRoutes;
