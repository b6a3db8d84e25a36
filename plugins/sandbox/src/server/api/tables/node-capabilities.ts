import { node } from '../common.js';
import type { DeclaredRoutes } from '../declare.js';
import { ALL, NODE_AUDIT } from './shared.js';

const arch = { enum: ['x86_64', 'aarch64'], optional: 1, type: 'string' } as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const nodeCapabilitiesTable = {
  'GET /nodes/{node}/capabilities': { permissions: ALL, returns: 'array', params: { node } },
  'GET /nodes/{node}/capabilities/qemu': { permissions: ALL, returns: 'array', params: { node } },
  'GET /nodes/{node}/capabilities/qemu/cpu': {
    permissions: ALL,
    returns: 'array',
    params: { arch, node },
  },
  'GET /nodes/{node}/capabilities/qemu/cpu-flags': {
    permissions: ALL,
    returns: 'array',
    params: {
      accel: { type: 'string', optional: 1, default: 'kvm', enum: ['kvm', 'tcg'] },
      arch,
      node,
    },
  },
  'GET /nodes/{node}/capabilities/qemu/machines': {
    permissions: ALL,
    returns: 'array',
    params: { arch, node },
  },
  'GET /nodes/{node}/capabilities/qemu/migration': {
    permissions: NODE_AUDIT,
    returns: 'object',
    params: { node },
  },
} as const satisfies DeclaredRoutes;
