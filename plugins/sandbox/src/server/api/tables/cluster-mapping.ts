import type { DeclaredRoutes } from '../declare.js';
import { ALL, digest } from './shared.js';

const checkNode = { format: 'pve-node', optional: 1, type: 'string' } as const;
const description = { maxLength: 4096, optional: 1, type: 'string' } as const;
const id = { format: 'pve-configid', type: 'string' } as const;
const map = { type: 'array' } as const;
const deletion = {
  format: 'pve-configid-list',
  maxLength: 4096,
  optional: 1,
  type: 'string',
} as const;
const optionalMap = { optional: 1, type: 'array' } as const;
const liveMigrationCapable = { default: 0, optional: 1, type: 'boolean' } as const;
const mdev = { default: 0, optional: 1, type: 'boolean' } as const;
const MAY_MAPPING_MODIFY = { check: ['perm', '/mapping/dir', ['Mapping.Modify']] } as const;
const MAY_MAPPING_MODIFY_PCI = { check: ['perm', '/mapping/pci', ['Mapping.Modify']] } as const;
const MAY_MAPPING_MODIFY_USB = { check: ['perm', '/mapping/usb', ['Mapping.Modify']] } as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const clusterMappingTable = {
  'GET /cluster/mapping': { permissions: ALL, returns: 'array' },
  'GET /cluster/mapping/dir': {
    permissions: ALL,
    returns: 'array',
    params: { 'check-node': checkNode },
  },
  'POST /cluster/mapping/dir': {
    permissions: MAY_MAPPING_MODIFY,
    protected: true,
    returns: 'null',
    params: { description, id, map },
  },
  'GET /cluster/mapping/dir/{id}': {
    permissions: {
      check: [
        'or',
        ['perm', '/mapping/dir/{id}', ['Mapping.Use']],
        ['perm', '/mapping/dir/{id}', ['Mapping.Modify']],
        ['perm', '/mapping/dir/{id}', ['Mapping.Audit']],
      ],
    },
    protected: true,
    returns: 'object',
    params: { id },
  },
  'PUT /cluster/mapping/dir/{id}': {
    permissions: { check: ['perm', '/mapping/dir/{id}', ['Mapping.Modify']] },
    protected: true,
    returns: 'null',
    params: { delete: deletion, description, digest, id, map: optionalMap },
  },
  'DELETE /cluster/mapping/dir/{id}': {
    permissions: MAY_MAPPING_MODIFY,
    protected: true,
    returns: 'null',
    params: { id },
  },
  'GET /cluster/mapping/pci': {
    permissions: ALL,
    returns: 'array',
    params: { 'check-node': checkNode },
  },
  'POST /cluster/mapping/pci': {
    permissions: MAY_MAPPING_MODIFY_PCI,
    protected: true,
    returns: 'null',
    params: { description, id, 'live-migration-capable': liveMigrationCapable, map, mdev },
  },
  'GET /cluster/mapping/pci/{id}': {
    permissions: {
      check: [
        'or',
        ['perm', '/mapping/pci/{id}', ['Mapping.Use']],
        ['perm', '/mapping/pci/{id}', ['Mapping.Modify']],
        ['perm', '/mapping/pci/{id}', ['Mapping.Audit']],
      ],
    },
    protected: true,
    returns: 'object',
    params: { id },
  },
  'PUT /cluster/mapping/pci/{id}': {
    permissions: { check: ['perm', '/mapping/pci/{id}', ['Mapping.Modify']] },
    protected: true,
    returns: 'null',
    params: {
      delete: deletion,
      description,
      digest,
      id,
      'live-migration-capable': liveMigrationCapable,
      map: optionalMap,
      mdev,
    },
  },
  'DELETE /cluster/mapping/pci/{id}': {
    permissions: MAY_MAPPING_MODIFY_PCI,
    protected: true,
    returns: 'null',
    params: { id },
  },
  'GET /cluster/mapping/usb': {
    permissions: ALL,
    returns: 'array',
    params: { 'check-node': checkNode },
  },
  'POST /cluster/mapping/usb': {
    permissions: MAY_MAPPING_MODIFY_USB,
    protected: true,
    returns: 'null',
    params: { description, id, map },
  },
  'GET /cluster/mapping/usb/{id}': {
    permissions: {
      check: [
        'or',
        ['perm', '/mapping/usb/{id}', ['Mapping.Audit']],
        ['perm', '/mapping/usb/{id}', ['Mapping.Use']],
        ['perm', '/mapping/usb/{id}', ['Mapping.Modify']],
      ],
    },
    protected: true,
    returns: 'object',
    params: { id },
  },
  'PUT /cluster/mapping/usb/{id}': {
    permissions: { check: ['perm', '/mapping/usb/{id}', ['Mapping.Modify']] },
    protected: true,
    returns: 'null',
    params: { delete: deletion, description, digest, id, map },
  },
  'DELETE /cluster/mapping/usb/{id}': {
    permissions: MAY_MAPPING_MODIFY_USB,
    protected: true,
    returns: 'null',
    params: { id },
  },
} as const satisfies DeclaredRoutes;
