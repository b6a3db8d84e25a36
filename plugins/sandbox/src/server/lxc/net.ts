import { parsePropertyString } from '../api/property-string.js';
import type { Properties } from '../api/property-string.js';
import type { SubParam } from '../api/types.js';
import { randomMac } from '../qemu/net.js';
import type { VmConfig } from '../state/model.js';

const text = (more: Partial<SubParam> = {}): SubParam => ({ type: 'string', optional: 1, ...more });

export const NET_SCHEMA: Readonly<Record<string, SubParam>> = {
  name: { type: 'string', pattern: '[-_.\\w\\d]+' },
  bridge: text({ pattern: '[-_.\\w\\d]+' }),
  firewall: { type: 'boolean', optional: 1 },
  gw: text({ format: 'ipv4' }),
  gw6: text({ format: 'ipv6' }),
  'host-managed': { type: 'boolean', optional: 1 },
  hwaddr: text({ format: 'mac-addr' }),
  ip: text({ format: 'pve-ipv4-config' }),
  ip6: text({ format: 'pve-ipv6-config' }),
  link_down: { type: 'boolean', optional: 1 },
  mtu: { type: 'integer', optional: 1, minimum: 64, maximum: 65_535 },
  rate: { type: 'number', optional: 1 },
  tag: { type: 'integer', optional: 1, minimum: 1, maximum: 4094 },
  trunks: text({ pattern: '\\d+(?:;\\d+)*' }),
  type: text({ enum: ['veth'] }),
};

export function parseNet(value: string): Properties {
  return parsePropertyString(NET_SCHEMA, value);
}

/** Writes netN as PVE does: the name first, the rest in alphabetical order. */
function printNet({ name, ...rest }: Properties): string {
  return [`name=${String(name)}`]
    .concat(
      Object.keys(rest)
        .sort()
        .map((key) => `${key}=${String(rest[key])}`),
    )
    .join(',');
}

/** Brings netN into the form that PVE stores: with an address and a type. */
export function normalizeNet(value: string, macPrefix: string): string {
  const net = parseNet(value);
  const hwaddr = net['hwaddr'] === undefined ? randomMac(macPrefix) : String(net['hwaddr']);
  return printNet({ type: 'veth', ...net, hwaddr: hwaddr.toUpperCase() });
}

/** The configuration with new network addresses. */
export function withNewAddresses(config: VmConfig, macPrefix: string): VmConfig {
  const result = { ...config };
  for (const key of Object.keys(result).filter((name) => /^net\d+$/.test(name)))
    result[key] = printNet({ ...parseNet(String(result[key])), hwaddr: randomMac(macPrefix) });
  return result;
}
