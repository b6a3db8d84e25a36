import { node } from '../common.js';
import type { DeclaredRoutes } from '../declare.js';
import { ALL, NODE_AUDIT, NODE_MODIFY, digest } from './shared.js';

const deletion = { format: 'pve-configid-list', optional: 1, type: 'string' } as const;
const comment = { optional: 1, type: 'string' } as const;
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

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const firewallNodeTable = {
  'GET /nodes/{node}/firewall': { permissions: ALL, returns: 'array', params: { node } },
  'GET /nodes/{node}/firewall/log': {
    permissions: { check: ['perm', '/nodes/{node}', ['Sys.Syslog']] },
    protected: true,
    returns: 'array',
    params: {
      limit: { type: 'integer', optional: 1, minimum: 0 },
      node,
      since: { type: 'integer', optional: 1, minimum: 0 },
      start: { type: 'integer', optional: 1, minimum: 0 },
      until: { type: 'integer', optional: 1, minimum: 0 },
    },
  },
  'GET /nodes/{node}/firewall/options': {
    permissions: NODE_AUDIT,
    returns: 'object',
    params: { node },
  },
  'PUT /nodes/{node}/firewall/options': {
    permissions: NODE_MODIFY,
    protected: true,
    returns: 'null',
    params: {
      delete: deletion,
      digest,
      enable: { type: 'boolean', optional: 1, default: 1 },
      log_level_forward: {
        type: 'string',
        optional: 1,
        enum: ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug', 'nolog'],
      },
      log_level_in: {
        type: 'string',
        optional: 1,
        enum: ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug', 'nolog'],
      },
      log_level_out: {
        type: 'string',
        optional: 1,
        enum: ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug', 'nolog'],
      },
      log_nf_conntrack: { type: 'boolean', optional: 1, default: 0 },
      ndp: { type: 'boolean', optional: 1, default: 1 },
      nf_conntrack_allow_invalid: { type: 'boolean', optional: 1, default: 0 },
      nf_conntrack_helpers: {
        type: 'string',
        optional: 1,
        default: '',
        format: 'pve-fw-conntrack-helper',
      },
      nf_conntrack_max: { type: 'integer', optional: 1, default: 262144, minimum: 32768 },
      nf_conntrack_tcp_timeout_established: {
        type: 'integer',
        optional: 1,
        default: 432000,
        minimum: 7875,
      },
      nf_conntrack_tcp_timeout_syn_recv: {
        type: 'integer',
        optional: 1,
        default: 60,
        maximum: 60,
        minimum: 30,
      },
      nftables: { type: 'boolean', optional: 1, default: 0 },
      node,
      nosmurfs: { type: 'boolean', optional: 1 },
      protection_synflood: { type: 'boolean', optional: 1, default: 0 },
      protection_synflood_burst: { type: 'integer', optional: 1, default: 1000 },
      protection_synflood_rate: { type: 'integer', optional: 1, default: 200 },
      smurf_log_level: {
        type: 'string',
        optional: 1,
        enum: ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug', 'nolog'],
      },
      tcp_flags_log_level: {
        type: 'string',
        optional: 1,
        enum: ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug', 'nolog'],
      },
      tcpflags: { type: 'boolean', optional: 1, default: 0 },
    },
  },
  'GET /nodes/{node}/firewall/rules': {
    permissions: NODE_AUDIT,
    returns: 'array',
    params: { node },
  },
  'POST /nodes/{node}/firewall/rules': {
    permissions: NODE_MODIFY,
    protected: true,
    returns: 'null',
    params: {
      action: {
        type: 'string',
        maxLength: 20,
        minLength: 2,
        pattern: '[A-Za-z][A-Za-z0-9\\-\\_]+',
      },
      comment,
      dest,
      digest,
      dport,
      enable,
      'icmp-type': icmpType,
      iface,
      log,
      macro,
      node,
      pos,
      proto,
      source,
      sport,
      type: { type: 'string', enum: ['in', 'out', 'forward', 'group'] },
    },
  },
  'GET /nodes/{node}/firewall/rules/{pos}': {
    permissions: NODE_AUDIT,
    returns: 'object',
    params: { node, pos },
  },
  'PUT /nodes/{node}/firewall/rules/{pos}': {
    permissions: NODE_MODIFY,
    protected: true,
    returns: 'null',
    params: {
      action: {
        type: 'string',
        optional: 1,
        maxLength: 20,
        minLength: 2,
        pattern: '[A-Za-z][A-Za-z0-9\\-\\_]+',
      },
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
      moveto: { type: 'integer', optional: 1, minimum: 0 },
      node,
      pos,
      proto,
      source,
      sport,
      type: { type: 'string', optional: 1, enum: ['in', 'out', 'forward', 'group'] },
    },
  },
  'DELETE /nodes/{node}/firewall/rules/{pos}': {
    permissions: NODE_MODIFY,
    protected: true,
    returns: 'null',
    params: { digest, node, pos },
  },
} as const satisfies DeclaredRoutes;
