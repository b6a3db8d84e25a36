import { node } from '../common.js';
import type { DeclaredRoutes } from '../declare.js';
import { ALL, AUDIT, MODIFY } from './shared.js';

const pciIdOrMapping = {
  pattern:
    '(?:(?:[0-9a-fA-F]{4}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-9a-fA-F])|([a-zA-Z][a-zA-Z0-9_-]+)',
  type: 'string',
} as const;
const server = { format: 'pve-storage-server', type: 'string' } as const;
const MAY_SYS_AUDIT_OR_SYS_MODIFY = {
  check: ['perm', '/', ['Sys.Audit', 'Sys.Modify'], 'any', 1],
} as const;
const MAY_DATASTORE_ALLOCATE = { check: ['perm', '/storage', ['Datastore.Allocate']] } as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const nodeHardwareTable = {
  'GET /nodes/{node}/hardware': { permissions: ALL, returns: 'array', params: { node } },
  'GET /nodes/{node}/hardware/pci': {
    permissions: MAY_SYS_AUDIT_OR_SYS_MODIFY,
    protected: true,
    returns: 'array',
    params: {
      node,
      'pci-class-blacklist': {
        type: 'string',
        optional: 1,
        default: '05;06;0b',
        format: 'string-list',
      },
      verbose: { type: 'boolean', optional: 1, default: 1 },
    },
  },
  'GET /nodes/{node}/hardware/pci/{pci-id-or-mapping}': {
    permissions: ALL,
    returns: 'array',
    params: { node, 'pci-id-or-mapping': pciIdOrMapping },
  },
  'GET /nodes/{node}/hardware/pci/{pci-id-or-mapping}/mdev': {
    permissions: MAY_SYS_AUDIT_OR_SYS_MODIFY,
    protected: true,
    returns: 'array',
    params: { node, 'pci-id-or-mapping': pciIdOrMapping },
  },
  'GET /nodes/{node}/hardware/usb': {
    permissions: MODIFY,
    protected: true,
    returns: 'array',
    params: { node },
  },
  'GET /nodes/{node}/disks': { permissions: ALL, returns: 'array', params: { node } },
  'GET /nodes/{node}/disks/list': {
    permissions: {
      check: ['or', ['perm', '/', ['Sys.Audit']], ['perm', '/nodes/{node}', ['Sys.Audit']]],
    },
    protected: true,
    returns: 'array',
    params: {
      'include-partitions': { type: 'boolean', optional: 1, default: 0 },
      node,
      skipsmart: { type: 'boolean', optional: 1, default: 0 },
      type: { type: 'string', optional: 1, enum: ['unused', 'journal_disks'] },
    },
  },
  'GET /nodes/{node}/disks/lvm': {
    permissions: AUDIT,
    protected: true,
    returns: 'object',
    params: { node },
  },
  'GET /nodes/{node}/disks/lvmthin': {
    permissions: AUDIT,
    protected: true,
    returns: 'array',
    params: { node },
  },
  'GET /nodes/{node}/disks/directory': {
    permissions: AUDIT,
    protected: true,
    returns: 'array',
    params: { node },
  },
  'GET /nodes/{node}/disks/zfs': {
    permissions: AUDIT,
    protected: true,
    returns: 'array',
    params: { node },
  },
  'GET /nodes/{node}/disks/smart': {
    permissions: AUDIT,
    protected: true,
    returns: 'object',
    params: {
      disk: { type: 'string', pattern: '^/dev/[a-zA-Z0-9\\/]+$' },
      healthonly: { type: 'boolean', optional: 1 },
      node,
    },
  },
  'GET /nodes/{node}/scan': { permissions: ALL, returns: 'array', params: { node } },
  'GET /nodes/{node}/scan/lvm': {
    permissions: MAY_DATASTORE_ALLOCATE,
    protected: true,
    returns: 'array',
    params: { node },
  },
  'GET /nodes/{node}/scan/lvmthin': {
    permissions: MAY_DATASTORE_ALLOCATE,
    protected: true,
    returns: 'array',
    params: {
      node,
      vg: {
        type: 'string',
        maxLength: 100,
        pattern: '[a-zA-Z0-9\\.\\+\\_][a-zA-Z0-9\\.\\+\\_\\-]+',
      },
    },
  },
  'GET /nodes/{node}/scan/zfs': {
    permissions: MAY_DATASTORE_ALLOCATE,
    protected: true,
    returns: 'array',
    params: { node },
  },
  'GET /nodes/{node}/scan/nfs': {
    permissions: MAY_DATASTORE_ALLOCATE,
    protected: true,
    returns: 'array',
    params: { node, server },
  },
  'GET /nodes/{node}/scan/cifs': {
    permissions: MAY_DATASTORE_ALLOCATE,
    protected: true,
    returns: 'array',
    params: {
      domain: { type: 'string', optional: 1 },
      node,
      password: { type: 'string', optional: 1 },
      server,
      username: { type: 'string', optional: 1 },
    },
  },
  'GET /nodes/{node}/scan/iscsi': {
    permissions: MAY_DATASTORE_ALLOCATE,
    protected: true,
    returns: 'array',
    params: { node, portal: { type: 'string', format: 'pve-storage-portal-dns' } },
  },
  'GET /nodes/{node}/scan/pbs': {
    permissions: MAY_DATASTORE_ALLOCATE,
    protected: true,
    returns: 'array',
    params: {
      fingerprint: { type: 'string', optional: 1, pattern: '([A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}' },
      node,
      password: { type: 'string' },
      port: { type: 'integer', optional: 1, default: 8007, maximum: 65535, minimum: 1 },
      server,
      username: { type: 'string' },
    },
  },
} as const satisfies DeclaredRoutes;
