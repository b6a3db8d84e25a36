import type { Param, Permissions } from '../types.js';

/** Rights and parameters that the tables share. */
export const ALL: Permissions = { user: 'all' };
export const AUDIT: Permissions = { check: ['perm', '/', ['Sys.Audit']] };
export const MODIFY: Permissions = { check: ['perm', '/', ['Sys.Modify']] };
export const CONSOLE: Permissions = { check: ['perm', '/', ['Sys.Console']] };
export const NODE_AUDIT: Permissions = { check: ['perm', '/nodes/{node}', ['Sys.Audit']] };
export const NODE_MODIFY: Permissions = { check: ['perm', '/nodes/{node}', ['Sys.Modify']] };
export const VM_AUDIT: Permissions = { check: ['perm', '/vms/{vmid}', ['VM.Audit']] };
export const VM_NETWORK: Permissions = { check: ['perm', '/vms/{vmid}', ['VM.Config.Network']] };
export const digest: Param = { type: 'string', optional: 1, maxLength: 64 };
