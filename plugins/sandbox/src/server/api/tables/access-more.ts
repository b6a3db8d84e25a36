import type { DeclaredRoutes } from '../declare.js';
import { ALL } from './shared.js';

const userid = { format: 'pve-userid', maxLength: 64, type: 'string' } as const;
const MAY_USER_MODIFY_OR_SYS_AUDIT = {
  check: ['or', ['userid-param', 'self'], ['userid-group', ['User.Modify', 'Sys.Audit']]],
} as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const accessMoreTable = {
  'GET /access/tfa': { permissions: ALL, protected: true, returns: 'array' },
  'GET /access/tfa/{userid}': {
    permissions: MAY_USER_MODIFY_OR_SYS_AUDIT,
    protected: true,
    returns: 'array',
    params: { userid },
  },
  'GET /access/tfa/{userid}/{id}': {
    permissions: MAY_USER_MODIFY_OR_SYS_AUDIT,
    protected: true,
    returns: 'object',
    params: { id: { type: 'string' }, userid },
  },
  'GET /access/users/{userid}/tfa': {
    permissions: MAY_USER_MODIFY_OR_SYS_AUDIT,
    protected: true,
    returns: 'object',
    params: { multiple: { type: 'boolean', optional: 1, default: 0 }, userid },
  },
  'GET /access/openid': { permissions: ALL, returns: 'array' },
} as const satisfies DeclaredRoutes;
