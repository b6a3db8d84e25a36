import { node, vmid } from '../common.js';
import type { DeclaredRoutes } from '../declare.js';
import { ALL, VM_AUDIT, VM_NETWORK, digest } from './shared.js';

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
const givenCidr = { format: 'IPorCIDRorAlias', type: 'string' } as const;
const nomatch = { optional: 1, type: 'boolean' } as const;
const deletion = { format: 'pve-configid-list', optional: 1, type: 'string' } as const;
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
export const firewallGuestTable = {
  'GET /nodes/{node}/qemu/{vmid}/firewall': {
    permissions: ALL,
    returns: 'array',
    params: { node, vmid },
  },
  'GET /nodes/{node}/qemu/{vmid}/firewall/aliases': {
    permissions: VM_AUDIT,
    returns: 'array',
    params: { node, vmid },
  },
  'POST /nodes/{node}/qemu/{vmid}/firewall/aliases': {
    permissions: VM_NETWORK,
    protected: true,
    returns: 'null',
    params: { cidr, comment, name, node, vmid },
  },
  'GET /nodes/{node}/qemu/{vmid}/firewall/aliases/{name}': {
    permissions: VM_AUDIT,
    returns: 'object',
    params: { name, node, vmid },
  },
  'PUT /nodes/{node}/qemu/{vmid}/firewall/aliases/{name}': {
    permissions: VM_NETWORK,
    protected: true,
    returns: 'null',
    params: { cidr, comment, digest, name, node, rename, vmid },
  },
  'DELETE /nodes/{node}/qemu/{vmid}/firewall/aliases/{name}': {
    permissions: VM_NETWORK,
    protected: true,
    returns: 'null',
    params: { digest, name, node, vmid },
  },
  'GET /nodes/{node}/qemu/{vmid}/firewall/ipset': {
    permissions: VM_AUDIT,
    returns: 'array',
    params: { node, vmid },
  },
  'POST /nodes/{node}/qemu/{vmid}/firewall/ipset': {
    permissions: VM_NETWORK,
    protected: true,
    returns: 'null',
    params: { comment, digest, name, node, rename, vmid },
  },
  'GET /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}': {
    permissions: VM_AUDIT,
    returns: 'array',
    params: { name, node, vmid },
  },
  'POST /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}': {
    permissions: VM_NETWORK,
    protected: true,
    returns: 'null',
    params: { cidr: givenCidr, comment, name, node, nomatch, vmid },
  },
  'DELETE /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}': {
    permissions: VM_NETWORK,
    protected: true,
    returns: 'null',
    params: { force: { type: 'boolean', optional: 1 }, name, node, vmid },
  },
  'GET /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}/{cidr}': {
    permissions: VM_AUDIT,
    protected: true,
    returns: 'object',
    params: { cidr: givenCidr, name, node, vmid },
  },
  'PUT /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}/{cidr}': {
    permissions: VM_NETWORK,
    protected: true,
    returns: 'null',
    params: { cidr: givenCidr, comment, digest, name, node, nomatch, vmid },
  },
  'DELETE /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}/{cidr}': {
    permissions: VM_NETWORK,
    protected: true,
    returns: 'null',
    params: { cidr: givenCidr, digest, name, node, vmid },
  },
  'GET /nodes/{node}/qemu/{vmid}/firewall/log': {
    permissions: { check: ['perm', '/vms/{vmid}', ['VM.Console']] },
    protected: true,
    returns: 'array',
    params: {
      limit: { type: 'integer', optional: 1, minimum: 0 },
      node,
      since: { type: 'integer', optional: 1, minimum: 0 },
      start: { type: 'integer', optional: 1, minimum: 0 },
      until: { type: 'integer', optional: 1, minimum: 0 },
      vmid,
    },
  },
  'GET /nodes/{node}/qemu/{vmid}/firewall/options': {
    permissions: VM_AUDIT,
    returns: 'object',
    params: { node, vmid },
  },
  'PUT /nodes/{node}/qemu/{vmid}/firewall/options': {
    permissions: VM_NETWORK,
    protected: true,
    returns: 'null',
    params: {
      delete: deletion,
      dhcp: { type: 'boolean', optional: 1, default: 0 },
      digest,
      enable: { type: 'boolean', optional: 1, default: 0 },
      ipfilter: { type: 'boolean', optional: 1 },
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
      macfilter: { type: 'boolean', optional: 1, default: 1 },
      ndp: { type: 'boolean', optional: 1, default: 1 },
      node,
      policy_in: { type: 'string', optional: 1, enum: ['ACCEPT', 'REJECT', 'DROP'] },
      policy_out: { type: 'string', optional: 1, enum: ['ACCEPT', 'REJECT', 'DROP'] },
      radv: { type: 'boolean', optional: 1 },
      vmid,
    },
  },
  'GET /nodes/{node}/qemu/{vmid}/firewall/refs': {
    permissions: VM_AUDIT,
    returns: 'array',
    params: { node, type: { type: 'string', optional: 1, enum: ['alias', 'ipset'] }, vmid },
  },
  'GET /nodes/{node}/qemu/{vmid}/firewall/rules': {
    permissions: VM_AUDIT,
    returns: 'array',
    params: { node, vmid },
  },
  'POST /nodes/{node}/qemu/{vmid}/firewall/rules': {
    permissions: VM_NETWORK,
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
      vmid,
    },
  },
  'GET /nodes/{node}/qemu/{vmid}/firewall/rules/{pos}': {
    permissions: VM_AUDIT,
    returns: 'object',
    params: { node, pos, vmid },
  },
  'PUT /nodes/{node}/qemu/{vmid}/firewall/rules/{pos}': {
    permissions: VM_NETWORK,
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
      vmid,
    },
  },
  'DELETE /nodes/{node}/qemu/{vmid}/firewall/rules/{pos}': {
    permissions: VM_NETWORK,
    protected: true,
    returns: 'null',
    params: { digest, node, pos, vmid },
  },
} as const satisfies DeclaredRoutes;
