import type { Guest, PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { GuestConfig } from '../../shared/guest-config.js';
import { guestLabel, kindOf } from '../kind.js';
import { readConfig } from '../reads.js';

export interface Nic {
  vmid: number;
  guest: string;
  /** `net0` */
  device: string;
  /** VMs: `virtio` …; containers: what the device is called inside. */
  model: string | null;
  mac: string | null;
  bridge: string | null;
  vlan: number | null;
  mtu: number | null;
  /** MB/s */
  rate: number | null;
  queues: number | null;
  firewall: boolean;
  linkDown: boolean;
  /** Static addresses or `dhcp`, as the configuration says. */
  address: string | null;
}

/** The parts of a `netN`; a VM's first part is its model with its address. */
export type NicParts = Map<string, string>;

const models = ['virtio', 'e1000', 'e1000e', 'rtl8139', 'vmxnet3'];

export function parseNic(type: Guest['type'], value: string): NicParts {
  const parts: NicParts = new Map();
  for (const part of value.split(',')) {
    const at = part.indexOf('=');
    const [key, item] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    if (type === 'qemu' && models.includes(key)) {
      parts.set('model', key);
      if (item !== '') parts.set('macaddr', item);
    } else parts.set(key, item);
  }
  return parts;
}

export function printNic(type: Guest['type'], parts: NicParts): string {
  const {
    model = 'virtio',
    macaddr,
    ...rest
  } = Object.fromEntries(parts) as Record<string, string>;
  const options = Object.entries(type === 'qemu' ? rest : Object.fromEntries(parts)).map(
    ([key, item]) => `${key}=${item}`,
  );
  if (type === 'lxc') return options.join(',');
  return [macaddr === undefined ? model : `${model}=${macaddr}`, ...options].join(',');
}

export function nicsOf(guest: Guest, config: GuestConfig): Nic[] {
  return Object.keys(config)
    .filter((key) => /^net\d+$/.test(key))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((device) => nic(guest, device, config));
}

function nic(guest: Guest, device: string, config: GuestConfig): Nic {
  const { type, vmid, name } = guest;
  const parts = parseNic(type, String(config[device]));
  const number = (key: string): number | null => (parts.has(key) ? Number(parts.get(key)) : null);
  const cloudInit = config[`ipconfig${device.slice(3)}`];
  const addresses = ['ip', 'ip6'].flatMap((key) => parts.get(key) ?? []);
  return {
    vmid,
    guest: name,
    device,
    model: parts.get(type === 'qemu' ? 'model' : 'name') ?? null,
    mac: parts.get(type === 'qemu' ? 'macaddr' : 'hwaddr') ?? null,
    bridge: parts.get('bridge') ?? null,
    vlan: number('tag'),
    mtu: number('mtu'),
    rate: number('rate'),
    queues: number('queues'),
    firewall: parts.get('firewall') === '1',
    linkDown: parts.get('link_down') === '1',
    address: cloudInit !== undefined ? String(cloudInit) : addresses.join(', ') || null,
  };
}

export async function readNics(pve: PveReader, guest: Guest): Promise<Nic[]> {
  return nicsOf(guest, await readConfig(pve, guest));
}

/** @throws RequestError `PMX_NIC_NOT_FOUND` */
export function requireNic(guest: Guest, config: GuestConfig, device: string): NicParts {
  const value = config[device];
  if (/^net\d+$/.test(device) && value !== undefined) return parseNic(guest.type, String(value));
  const devices = nicsOf(guest, config).map((known) => known.device);
  throw new RequestError({
    code: 'PMX_NIC_NOT_FOUND',
    message: `${guestLabel(guest)} has no network device ${device}.`,
    hints: [
      devices.length > 0 ? `It has: ${devices.join(', ')}.` : 'It has none.',
      `Add one: pmx ${kindOf(guest).topic} nic add ${guest.vmid} --bridge vmbr0`,
    ],
  });
}
