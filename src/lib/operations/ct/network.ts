import { invalid, parseIpConfig } from '@pmx-cli/kit';

export interface ContainerNetwork {
  bridge: string;
  /** As PVE's `netN` of a container takes it. */
  pve: string;
}

const options = [
  'name',
  'bridge',
  'firewall',
  'gw',
  'gw6',
  'hwaddr',
  'ip',
  'ip6',
  'link_down',
  'mtu',
  'rate',
  'tag',
  'trunks',
  'type',
];
const addressKeys = ['ip', 'gw', 'ip6', 'gw6'];

/**
 * `vmbr0`, `vmbr0,ip=dhcp,tag=5`, `name=eth0,bridge=vmbr0,ip=10.0.0.5/24,gw=10.0.0.1` → `netN`.
 * @param index of the device: `eth0`, `eth1` … are its name when it is left out
 * @throws RequestError `PMX_INVALID_NET`, `PMX_INVALID_IP`, `PMX_GATEWAY_OUTSIDE_NET`
 */
export function parseContainerNetwork(value: string, index = 0): ContainerNetwork {
  const given = new Map<string, string>();
  for (const part of value.split(',')) {
    const at = part.indexOf('=');
    const [key, item] = at < 0 ? ['bridge', part] : [part.slice(0, at), part.slice(at + 1)];
    if (!options.includes(key)) throw refuse(value, `'${key}' is not one of ${options.join(', ')}`);
    if (given.has(key)) throw refuse(value, `it has two values for ${key}`);
    given.set(key, item);
  }
  const bridge = given.get('bridge');
  if (bridge === undefined || !/^[a-z][\w.-]{0,14}$/i.test(bridge))
    throw refuse(value, bridge === undefined ? 'it names no bridge' : `'${bridge}' is no bridge`);
  const tag = given.get('tag');
  if (tag !== undefined && !(/^\d+$/.test(tag) && Number(tag) >= 1 && Number(tag) <= 4094))
    throw refuse(value, `VLAN tag '${tag}' is not a number from 1 to 4094`);
  const addresses = addressKeys.filter((key) => given.has(key) && given.get(key) !== 'manual');
  if (addresses.length > 0)
    parseIpConfig(addresses.map((key) => `${key}=${given.get(key)}`).join(','));
  const { name = `eth${index}`, ...rest } = Object.fromEntries(given);
  return {
    bridge,
    pve: [`name=${name}`, ...Object.entries(rest).map(([key, item]) => `${key}=${item}`)].join(','),
  };
}

function refuse(value: string, rule: string): Error {
  return invalid(
    'PMX_INVALID_NET',
    'Network device',
    value,
    rule,
    'For example: --net vmbr0,ip=dhcp or --net vmbr0,tag=5,ip=10.0.0.5/24,gw=10.0.0.1',
  );
}

/** Options of `features`, as PVE 9 knows them. */
const features = ['nesting', 'keyctl', 'fuse', 'mknod', 'mount', 'force_rw_sys'];

/** @throws RequestError `PMX_INVALID_FEATURES` */
export function parseFeatures(value: string): string {
  for (const part of value.split(',')) {
    const [key = '', item] = part.split('=', 2);
    const good = features.includes(key) && (key === 'mount' ? item : /^[01]$/.test(item ?? ''));
    if (good) continue;
    throw invalid(
      'PMX_INVALID_FEATURES',
      'Features',
      value,
      `'${part}' is not one of ${features.map((name) => `${name}=${name === 'mount' ? 'FS' : '1'}`).join(', ')}`,
      'For example: --features nesting=1,keyctl=1',
    );
  }
  return value;
}
