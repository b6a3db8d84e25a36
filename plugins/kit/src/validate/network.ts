import { BlockList, isIP } from 'node:net';

import { invalid } from './invalid.js';

/** `options` of `a,b=c`: bare words under the empty key's list. */
function splitOptions(value: string): { words: string[]; options: Map<string, string> } {
  const words: string[] = [];
  const options = new Map<string, string>();
  for (const part of value.split(',')) {
    const at = part.indexOf('=');
    if (at < 0) words.push(part);
    else options.set(part.slice(0, at), part.slice(at + 1));
  }
  return { words, options };
}

function parseCidr(value: string, family: 4 | 6): { address: string; prefix: number } | undefined {
  const [address = '', prefix = '', ...rest] = value.split('/');
  const bits = Number(prefix);
  const valid =
    rest.length === 0 &&
    isAddress(address, family) &&
    /^\d+$/.test(prefix) &&
    bits >= 1 &&
    bits <= (family === 4 ? 32 : 128);
  return valid ? { address, prefix: bits } : undefined;
}

/** A zone (`fe80::1%eth0`) means something on one machine only. */
function isAddress(value: string, family: 4 | 6): boolean {
  return isIP(value) === family && !value.includes('%');
}

const families = [
  { family: 4, ip: 'ip', gateway: 'gw', words: ['dhcp'], example: '10.0.0.5/24,gw=10.0.0.1' },
  {
    family: 6,
    ip: 'ip6',
    gateway: 'gw6',
    words: ['dhcp', 'auto'],
    example: 'ip6=fd00::5/64,gw6=fd00::1',
  },
] as const;

/**
 * `dhcp` or `10.0.0.5/24,gw=10.0.0.1[,ip6=…,gw6=…]` → PVE's `ipconfigN`.
 * @throws RequestError `PMX_INVALID_IP`, `PMX_GATEWAY_OUTSIDE_NET`
 */
export function parseIpConfig(value: string): string {
  const { words, options } = splitOptions(value);
  if (words.length + Number(options.has('ip')) > 1)
    throw invalidIp(value, 'there is more than one address');
  if (words[0] !== undefined) options.set('ip', words[0]);
  const known = new Set<string>(families.flatMap(({ ip, gateway }) => [ip, gateway]));
  for (const key of options.keys()) {
    if (!known.has(key)) throw invalidIp(value, `'${key}' is not one of ${[...known].join(', ')}`);
  }
  for (const { family, ip, gateway, words: allowed, example } of families) {
    const address = options.get(ip);
    const via = options.get(gateway);
    if (address === undefined) {
      if (via !== undefined) throw invalidIp(value, `${gateway}= needs ${ip}=`);
      continue;
    }
    if ((allowed as readonly string[]).includes(address)) {
      if (via !== undefined) throw invalidIp(value, `${gateway}= does not go with ${address}`);
      continue;
    }
    const cidr = parseCidr(address, family);
    if (!cidr) {
      throw invalidIp(
        value,
        `'${address}' is not an IPv${family} address with prefix length`,
        `For example: --ip ${example}`,
      );
    }
    if (via !== undefined) checkGateway(via, cidr, family);
  }
  if (options.size === 0) throw invalidIp(value, 'it is empty');
  return [...known]
    .filter((key) => options.has(key))
    .map((key) => `${key}=${options.get(key)}`)
    .join(',');
}

function checkGateway(via: string, net: { address: string; prefix: number }, family: 4 | 6): void {
  if (!isAddress(via, family)) {
    throw invalid(
      'PMX_INVALID_IP',
      'Gateway',
      via,
      `it must be an IPv${family} address`,
      family === 4 ? 'For example: gw=10.0.0.1' : 'For example: gw6=fd00::1',
    );
  }
  const subnet = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  // A link-local gateway is on the link whatever the net; routers announce themselves so.
  if (family === 6) subnet.addSubnet('fe80::', 10, type);
  subnet.addSubnet(net.address, net.prefix, type);
  if (!subnet.check(via, type)) {
    throw invalid(
      'PMX_GATEWAY_OUTSIDE_NET',
      'Gateway',
      via,
      `it is not inside the net ${net.address}/${net.prefix}, so the guest could not reach it`,
      'Check the prefix length and the gateway.',
    );
  }
}

function invalidIp(value: string, rule: string, ...hints: string[]): Error {
  return invalid(
    'PMX_INVALID_IP',
    'IP configuration',
    value,
    rule,
    ...(hints.length > 0 ? hints : ['For example: --ip dhcp or --ip 10.0.0.5/24,gw=10.0.0.1']),
  );
}

export interface NetworkDevice {
  bridge: string;
  /** As PVE's `netN` takes it. */
  pve: string;
}

const models = ['virtio', 'e1000', 'e1000e', 'rtl8139', 'vmxnet3'];
const netOptions = new Set([
  'bridge',
  'tag',
  'firewall',
  'mtu',
  'rate',
  'queues',
  'link_down',
  'trunks',
  'macaddr',
  'model',
]);

/**
 * `vmbr0`, `vmbr0,tag=5`, `virtio,bridge=vmbr0,firewall=1` → PVE's `netN`.
 * @throws RequestError `PMX_INVALID_NET`
 */
export function parseNetworkDevice(value: string): NetworkDevice {
  const { words, options } = splitOptions(value);
  for (const word of words) {
    if (models.includes(word)) options.set('model', word);
    else if (!options.has('bridge')) options.set('bridge', word);
    else
      throw invalidNet(value, `'${word}' is neither a model (${models.join(', ')}) nor key=value`);
  }
  const bridge = options.get('bridge');
  if (bridge === undefined || !/^[a-z][\w.-]{0,14}$/i.test(bridge)) {
    throw invalidNet(
      value,
      bridge === undefined ? 'it names no bridge' : `'${bridge}' is no name of a bridge`,
    );
  }
  for (const [key, item] of options) {
    if (!netOptions.has(key))
      throw invalidNet(value, `'${key}' is not one of ${[...netOptions].join(', ')}`);
    if (key === 'tag' && !(/^\d+$/.test(item) && Number(item) >= 1 && Number(item) <= 4094)) {
      throw invalidNet(value, `VLAN tag '${item}' is not a number from 1 to 4094`);
    }
  }
  const { model = 'virtio', ...rest } = Object.fromEntries(options) as Record<string, string>;
  if (!models.includes(model))
    throw invalidNet(value, `'${model}' is not one of ${models.join(', ')}`);
  return {
    bridge,
    pve: [model, ...Object.entries(rest).map(([key, item]) => `${key}=${item}`)].join(','),
  };
}

function invalidNet(value: string, rule: string): Error {
  return invalid(
    'PMX_INVALID_NET',
    'Network device',
    value,
    rule,
    'For example: --net vmbr0 or --net vmbr0,tag=5',
  );
}
