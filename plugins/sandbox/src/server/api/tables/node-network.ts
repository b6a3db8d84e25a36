import { node } from '../common.js';
import type { DeclaredRoutes } from '../declare.js';
import { ALL, NODE_AUDIT, NODE_MODIFY } from './shared.js';

const address = { format: 'ipv4', optional: 1, requires: 'netmask', type: 'string' } as const;
const address6 = { format: 'ipv6', optional: 1, requires: 'netmask6', type: 'string' } as const;
const autostart = { optional: 1, type: 'boolean' } as const;
const bondPrimary = { format: 'pve-iface', optional: 1, type: 'string' } as const;
const bondMode = {
  enum: [
    'balance-rr',
    'active-backup',
    'balance-xor',
    'broadcast',
    '802.3ad',
    'balance-tlb',
    'balance-alb',
    'balance-slb',
    'lacp-balance-slb',
    'lacp-balance-tcp',
  ],
  optional: 1,
  type: 'string',
} as const;
const bondXmitHashPolicy = {
  enum: ['layer2', 'layer2+3', 'layer3+4'],
  optional: 1,
  type: 'string',
} as const;
const bridgePorts = { format: 'pve-iface-list', optional: 1, type: 'string' } as const;
const bridgeVids = { format: 'pve-vlan-id-or-range-list', optional: 1, type: 'string' } as const;
const bridgeVlanAware = { optional: 1, type: 'boolean' } as const;
const cidr = { format: 'CIDRv4', optional: 1, type: 'string' } as const;
const cidr6 = { format: 'CIDRv6', optional: 1, type: 'string' } as const;
const comments = { optional: 1, type: 'string' } as const;
const comments6 = { optional: 1, type: 'string' } as const;
const gateway = { format: 'ipv4', optional: 1, type: 'string' } as const;
const gateway6 = { format: 'ipv6', optional: 1, type: 'string' } as const;
const iface = { format: 'pve-iface', maxLength: 20, minLength: 2, type: 'string' } as const;
const mtu = { maximum: 65520, minimum: 1280, optional: 1, type: 'integer' } as const;
const netmask = { format: 'ipv4mask', optional: 1, requires: 'address', type: 'string' } as const;
const netmask6 = {
  maximum: 128,
  minimum: 0,
  optional: 1,
  requires: 'address6',
  type: 'integer',
} as const;
const ovsBonds = { format: 'pve-iface-list', optional: 1, type: 'string' } as const;
const ovsBridge = { format: 'pve-iface', optional: 1, type: 'string' } as const;
const ovsOptions = { maxLength: 1024, optional: 1, type: 'string' } as const;
const ovsPorts = { format: 'pve-iface-list', optional: 1, type: 'string' } as const;
const ovsTag = { maximum: 4094, minimum: 1, optional: 1, type: 'integer' } as const;
const slaves = { format: 'pve-iface-list', optional: 1, type: 'string' } as const;
const kind = {
  enum: [
    'bridge',
    'bond',
    'eth',
    'alias',
    'vlan',
    'fabric',
    'OVSBridge',
    'OVSBond',
    'OVSPort',
    'OVSIntPort',
    'vnet',
    'unknown',
  ],
  type: 'string',
} as const;
const vlanId = { maximum: 4094, minimum: 1, optional: 1, type: 'integer' } as const;
const vlanRawDevice = { format: 'pve-iface', optional: 1, type: 'string' } as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const nodeNetworkTable = {
  'GET /nodes/{node}/network': {
    permissions: ALL,
    returns: 'array',
    params: {
      node,
      type: {
        type: 'string',
        optional: 1,
        enum: [
          'bridge',
          'bond',
          'eth',
          'alias',
          'vlan',
          'fabric',
          'OVSBridge',
          'OVSBond',
          'OVSPort',
          'OVSIntPort',
          'vnet',
          'any_bridge',
          'any_local_bridge',
          'include_sdn',
        ],
      },
    },
  },
  'POST /nodes/{node}/network': {
    permissions: NODE_MODIFY,
    protected: true,
    returns: 'null',
    params: {
      address,
      address6,
      autostart,
      'bond-primary': bondPrimary,
      bond_mode: bondMode,
      bond_xmit_hash_policy: bondXmitHashPolicy,
      bridge_ports: bridgePorts,
      bridge_vids: bridgeVids,
      bridge_vlan_aware: bridgeVlanAware,
      cidr,
      cidr6,
      comments,
      comments6,
      gateway,
      gateway6,
      iface,
      mtu,
      netmask,
      netmask6,
      node,
      ovs_bonds: ovsBonds,
      ovs_bridge: ovsBridge,
      ovs_options: ovsOptions,
      ovs_ports: ovsPorts,
      ovs_tag: ovsTag,
      slaves,
      type: kind,
      'vlan-id': vlanId,
      'vlan-raw-device': vlanRawDevice,
    },
  },
  'PUT /nodes/{node}/network': {
    permissions: NODE_MODIFY,
    protected: true,
    returns: 'string',
    params: { node, 'regenerate-frr': { type: 'boolean', optional: 1, default: 0 } },
  },
  'DELETE /nodes/{node}/network': {
    permissions: NODE_MODIFY,
    protected: true,
    returns: 'null',
    params: { node },
  },
  'GET /nodes/{node}/network/{iface}': {
    permissions: NODE_AUDIT,
    returns: 'object',
    params: { iface, node },
  },
  'PUT /nodes/{node}/network/{iface}': {
    permissions: NODE_MODIFY,
    protected: true,
    returns: 'null',
    params: {
      address,
      address6,
      autostart,
      'bond-primary': bondPrimary,
      bond_mode: bondMode,
      bond_xmit_hash_policy: bondXmitHashPolicy,
      bridge_ports: bridgePorts,
      bridge_vids: bridgeVids,
      bridge_vlan_aware: bridgeVlanAware,
      cidr,
      cidr6,
      comments,
      comments6,
      delete: { type: 'string', optional: 1, format: 'pve-configid-list' },
      gateway,
      gateway6,
      iface,
      mtu,
      netmask,
      netmask6,
      node,
      ovs_bonds: ovsBonds,
      ovs_bridge: ovsBridge,
      ovs_options: ovsOptions,
      ovs_ports: ovsPorts,
      ovs_tag: ovsTag,
      slaves,
      type: kind,
      'vlan-id': vlanId,
      'vlan-raw-device': vlanRawDevice,
    },
  },
  'DELETE /nodes/{node}/network/{iface}': {
    permissions: NODE_MODIFY,
    protected: true,
    returns: 'null',
    params: { iface, node },
  },
} as const satisfies DeclaredRoutes;
