import { parsePropertyString } from '../api/property-string.js';
import type { Properties } from '../api/property-string.js';
import type { SubParam } from '../api/types.js';
import { trueRandom } from '../state/random.js';

const MODELS = [
  'e1000',
  'e1000-82540em',
  'e1000-82544gc',
  'e1000-82545em',
  'e1000e',
  'i82551',
  'i82557b',
  'i82559er',
  'ne2k_isa',
  'ne2k_pci',
  'pcnet',
  'rtl8139',
  'virtio',
  'vmxnet3',
];

/** The keys of netN; `virtio=<mac>` is short for model=virtio,macaddr=<mac>. */
export const NET_SCHEMA: Readonly<Record<string, SubParam>> = {
  model: { type: 'string', enum: MODELS, default_key: 1 },
  macaddr: { type: 'string', optional: 1, format: 'mac-addr' },
  ...Object.fromEntries(MODELS.map((model) => [model, { alias: 'macaddr', keyAlias: 'model' }])),
  bridge: { type: 'string', optional: 1, format: 'pve-bridge-id' },
  firewall: { type: 'boolean', optional: 1 },
  'host-tunnel': { type: 'boolean', optional: 1 },
  link_down: { type: 'boolean', optional: 1 },
  mtu: { type: 'integer', optional: 1, minimum: 1, maximum: 65_520 },
  queues: { type: 'integer', optional: 1, minimum: 0, maximum: 64 },
  rate: { type: 'number', optional: 1, minimum: 0 },
  tag: { type: 'integer', optional: 1, minimum: 1, maximum: 4094 },
  trunks: { type: 'string', optional: 1, pattern: '\\d+(?:-\\d+)?(?:;\\d+(?:-\\d+)?)*' },
};

export function parseNet(text: string): Properties {
  return parsePropertyString(NET_SCHEMA, text);
}

/** Writes netN as PVE does: the model with its address first. */
export function printNet(net: Properties): string {
  const rest = Object.keys(net)
    .filter((key) => key !== 'model' && key !== 'macaddr')
    .sort();
  return [
    `${String(net['model'])}=${String(net['macaddr'])}`,
    ...rest.map((key) => `${key}=${String(net[key])}`),
  ].join(',');
}

/** A new address below the cluster's prefix. */
export function randomMac(prefix: string, random = trueRandom): string {
  const head = prefix.replace(/:$/, '').split(':');
  const tail = [...random.bytes('mac', 6 - head.length)].map((byte) =>
    byte.toString(16).padStart(2, '0'),
  );
  return [...head, ...tail].join(':').toUpperCase();
}

/** The SDN paths whose use a network card needs: the bridge, or its VLANs. */
export function bridgePaths(net: Properties): string[] {
  if (net['bridge'] === undefined) return [];
  const path = `/sdn/zones/localnetwork/${String(net['bridge'])}`;
  const trunks = net['trunks'] === undefined ? [] : String(net['trunks']).split(';');
  if (net['tag'] !== undefined)
    return [`${path}/${String(net['tag'])}`, ...trunks.map((tag) => `${path}/${tag}`)];
  return trunks.length > 0 ? trunks.map((tag) => `${path}/${tag}`) : [path];
}
