import type { DeclaredRoutes } from '../declare.js';
import { ALL, AUDIT, MODIFY, digest } from './shared.js';

const cidr = { format: 'IPorCIDR', type: 'string' } as const;
const comment = { optional: 1, type: 'string' } as const;
const name = {
  maxLength: 64,
  minLength: 2,
  pattern: '[A-Za-z][A-Za-z0-9\\-\\_]+',
  type: 'string',
} as const;
const rename = {
  maxLength: 64,
  minLength: 2,
  optional: 1,
  pattern: '[A-Za-z][A-Za-z0-9\\-\\_]+',
  type: 'string',
} as const;
const group = {
  maxLength: 18,
  minLength: 2,
  pattern: '[A-Za-z][A-Za-z0-9\\-\\_]+',
  type: 'string',
} as const;
const action = {
  maxLength: 20,
  minLength: 2,
  pattern: '[A-Za-z][A-Za-z0-9\\-\\_]+',
  type: 'string',
} as const;
const dest = { format: 'pve-fw-addr-spec', maxLength: 512, optional: 1, type: 'string' } as const;
const dport = { format: 'pve-fw-dport-spec', optional: 1, type: 'string' } as const;
const enable = { minimum: 0, optional: 1, type: 'integer' } as const;
const icmpType = { format: 'pve-fw-icmp-type-spec', optional: 1, type: 'string' } as const;
const iface = {
  format: 'pve-iface',
  maxLength: 20,
  minLength: 2,
  optional: 1,
  type: 'string',
} as const;
const log = {
  enum: ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug', 'nolog'],
  optional: 1,
  type: 'string',
} as const;
const macro = { maxLength: 128, optional: 1, type: 'string' } as const;
const pos = { minimum: 0, optional: 1, type: 'integer' } as const;
const proto = { format: 'pve-fw-protocol-spec', optional: 1, type: 'string' } as const;
const source = { format: 'pve-fw-addr-spec', maxLength: 512, optional: 1, type: 'string' } as const;
const sport = { format: 'pve-fw-sport-spec', optional: 1, type: 'string' } as const;
const kind = { enum: ['in', 'out', 'forward', 'group'], type: 'string' } as const;
const optionalAction = {
  maxLength: 20,
  minLength: 2,
  optional: 1,
  pattern: '[A-Za-z][A-Za-z0-9\\-\\_]+',
  type: 'string',
} as const;
const deletion = { format: 'pve-configid-list', optional: 1, type: 'string' } as const;
const moveto = { minimum: 0, optional: 1, type: 'integer' } as const;
const optionalKind = {
  enum: ['in', 'out', 'forward', 'group'],
  optional: 1,
  type: 'string',
} as const;
const givenCidr = { format: 'IPorCIDRorAlias', type: 'string' } as const;
const nomatch = { optional: 1, type: 'boolean' } as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const firewallClusterTable = {
  'GET /cluster/firewall': { permissions: ALL, returns: 'array' },
  'GET /cluster/firewall/aliases': { permissions: AUDIT, returns: 'array' },
  'POST /cluster/firewall/aliases': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: { cidr, comment, name },
  },
  'GET /cluster/firewall/aliases/{name}': {
    permissions: AUDIT,
    returns: 'object',
    params: { name },
  },
  'PUT /cluster/firewall/aliases/{name}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: { cidr, comment, digest, name, rename },
  },
  'DELETE /cluster/firewall/aliases/{name}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: { digest, name },
  },
  'GET /cluster/firewall/groups': { permissions: ALL, returns: 'array' },
  'POST /cluster/firewall/groups': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: {
      comment,
      digest,
      group,
      rename: {
        type: 'string',
        optional: 1,
        maxLength: 18,
        minLength: 2,
        pattern: '[A-Za-z][A-Za-z0-9\\-\\_]+',
      },
    },
  },
  'GET /cluster/firewall/groups/{group}': {
    permissions: AUDIT,
    returns: 'array',
    params: { group },
  },
  'POST /cluster/firewall/groups/{group}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: {
      action,
      comment,
      dest,
      digest,
      dport,
      enable,
      group,
      'icmp-type': icmpType,
      iface,
      log,
      macro,
      pos,
      proto,
      source,
      sport,
      type: kind,
    },
  },
  'DELETE /cluster/firewall/groups/{group}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: { group },
  },
  'GET /cluster/firewall/groups/{group}/{pos}': {
    permissions: AUDIT,
    returns: 'object',
    params: { group, pos },
  },
  'PUT /cluster/firewall/groups/{group}/{pos}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: {
      action: optionalAction,
      comment,
      delete: deletion,
      dest,
      digest,
      dport,
      enable,
      group,
      'icmp-type': icmpType,
      iface,
      log,
      macro,
      moveto,
      pos,
      proto,
      source,
      sport,
      type: optionalKind,
    },
  },
  'DELETE /cluster/firewall/groups/{group}/{pos}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: { digest, group, pos },
  },
  'GET /cluster/firewall/ipset': { permissions: AUDIT, returns: 'array' },
  'POST /cluster/firewall/ipset': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: { comment, digest, name, rename },
  },
  'GET /cluster/firewall/ipset/{name}': { permissions: AUDIT, returns: 'array', params: { name } },
  'POST /cluster/firewall/ipset/{name}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: { cidr: givenCidr, comment, name, nomatch },
  },
  'DELETE /cluster/firewall/ipset/{name}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: { force: { type: 'boolean', optional: 1 }, name },
  },
  'GET /cluster/firewall/ipset/{name}/{cidr}': {
    permissions: AUDIT,
    protected: true,
    returns: 'object',
    params: { cidr: givenCidr, name },
  },
  'PUT /cluster/firewall/ipset/{name}/{cidr}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: { cidr: givenCidr, comment, digest, name, nomatch },
  },
  'DELETE /cluster/firewall/ipset/{name}/{cidr}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: { cidr: givenCidr, digest, name },
  },
  'GET /cluster/firewall/macros': { permissions: ALL, returns: 'array' },
  'GET /cluster/firewall/options': { permissions: AUDIT, returns: 'object' },
  'PUT /cluster/firewall/options': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: {
      delete: deletion,
      digest,
      ebtables: { type: 'boolean', optional: 1, default: 1 },
      enable: { type: 'integer', optional: 1, default: 0, minimum: 0 },
      log_ratelimit: {
        type: 'string',
        optional: 1,
        format: {
          burst: { type: 'integer', optional: 1, default: 5, minimum: 0 },
          enable: { type: 'boolean', default: '1', default_key: 1 },
          rate: {
            type: 'string',
            optional: 1,
            default: '1/second',
            pattern: '[1-9][0-9]*\\/(second|minute|hour|day)',
          },
        },
      },
      policy_forward: { type: 'string', optional: 1, enum: ['ACCEPT', 'DROP'] },
      policy_in: { type: 'string', optional: 1, enum: ['ACCEPT', 'REJECT', 'DROP'] },
      policy_out: { type: 'string', optional: 1, enum: ['ACCEPT', 'REJECT', 'DROP'] },
    },
  },
  'GET /cluster/firewall/refs': {
    permissions: AUDIT,
    returns: 'array',
    params: { type: { type: 'string', optional: 1, enum: ['alias', 'ipset'] } },
  },
  'GET /cluster/firewall/rules': { permissions: AUDIT, returns: 'array' },
  'POST /cluster/firewall/rules': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: {
      action,
      comment,
      dest,
      digest,
      dport,
      enable,
      'icmp-type': icmpType,
      iface,
      log,
      macro,
      pos,
      proto,
      source,
      sport,
      type: kind,
    },
  },
  'GET /cluster/firewall/rules/{pos}': { permissions: AUDIT, returns: 'object', params: { pos } },
  'PUT /cluster/firewall/rules/{pos}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: {
      action: optionalAction,
      comment,
      delete: deletion,
      dest,
      digest,
      dport,
      enable,
      'icmp-type': icmpType,
      iface,
      log,
      macro,
      moveto,
      pos,
      proto,
      source,
      sport,
      type: optionalKind,
    },
  },
  'DELETE /cluster/firewall/rules/{pos}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: { digest, pos },
  },
} as const satisfies DeclaredRoutes;
