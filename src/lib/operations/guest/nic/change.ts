import { type Guest, type Inventory, invalid, type Plan, type PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { GuestConfig } from '../../shared/guest-config.js';
import { requireBridges } from '../../shared/places.js';
import { conflictNotes, staticAddresses } from '../../vm/addresses.js';
import { planConfigure } from '../configure.js';
import { guestLabel } from '../kind.js';
import { readConfig } from '../reads.js';
import { type NicParts, printNic, requireNic } from './read.js';

/** What flags say about a network device; what they leave out stays, or is the server's default. */
export interface NicSettings {
  bridge?: string;
  /** 0: no VLAN. */
  vlan?: number;
  mtu?: number;
  rate?: number;
  queues?: number;
  firewall?: boolean;
  linkDown?: boolean;
  mac?: string;
  model?: string;
  /** Containers: its name inside, and PVE's `ip=…,gw=…`. */
  name?: string;
  ip?: string;
}

/** @throws RequestError `PMX_BRIDGE_NOT_FOUND`, `PMX_INVALID_NET` */
export async function planNicAdd(
  pve: PveReader,
  inventory: Inventory,
  guest: Guest,
  settings: NicSettings & { bridge: string },
): Promise<Plan> {
  const config = await readConfig(pve, guest);
  const index = Array.from({ length: 32 }, (_, number) => number).find(
    (number) => config[`net${number}`] === undefined,
  );
  if (index === undefined)
    throw invalid('PMX_INVALID_NET', 'Network device', 'net32', 'a guest has 32 at most');
  const device = `net${index}`;
  const parts: NicParts = new Map(
    guest.type === 'qemu' ? [['model', 'virtio']] : [['name', freeName(config)]],
  );
  applySettings(parts, guest, settings);
  return plan(pve, inventory, guest, config, {
    device,
    parts,
    settings,
    verb: 'nic.add',
    title: `Add network device ${device} on ${settings.bridge} to ${guestLabel(guest)}`,
  });
}

/** @throws RequestError `PMX_NOTHING_TO_SET`, `PMX_NIC_NOT_FOUND`, `PMX_BRIDGE_NOT_FOUND`, `PMX_INVALID_NET` */
export async function planNicSet(
  pve: PveReader,
  inventory: Inventory,
  guest: Guest,
  device: string,
  settings: NicSettings,
): Promise<Plan> {
  if (Object.values(settings).every((value) => value === undefined)) {
    throw new RequestError({
      code: 'PMX_NOTHING_TO_SET',
      message: `Nothing is said to be changed of ${device}.`,
      hints: ['For example: --vlan 20, --firewall, --bridge vmbr1'],
    });
  }
  const config = await readConfig(pve, guest);
  const parts = requireNic(guest, config, device);
  applySettings(parts, guest, settings);
  return plan(pve, inventory, guest, config, {
    device,
    parts,
    settings,
    verb: 'nic.set',
    title: `Change network device ${device} of ${guestLabel(guest)}`,
  });
}

/** @throws RequestError `PMX_INVALID_NET` */
export async function planNicRemove(pve: PveReader, guest: Guest, device: string): Promise<Plan> {
  if (!/^net\d+$/.test(device))
    throw invalid(
      'PMX_INVALID_NET',
      'Network device',
      device,
      'they are called net0, net1 and so on',
    );
  const config = await readConfig(pve, guest);
  const remove = [device, ...(guest.type === 'qemu' ? [`ipconfig${device.slice(3)}`] : [])];
  return planConfigure({
    guest,
    config,
    set: {},
    remove,
    verb: 'nic.remove',
    title: `Remove network device ${device} of ${guestLabel(guest)}`,
    result: { device },
  });
}

interface NicChange {
  device: string;
  parts: NicParts;
  settings: NicSettings;
  verb: string;
  title: string;
}

async function plan(
  pve: PveReader,
  inventory: Inventory,
  guest: Guest,
  config: GuestConfig,
  { device, parts, settings, verb, title }: NicChange,
): Promise<Plan> {
  const value = printNic(guest.type, parts);
  if (settings.bridge !== undefined)
    await requireBridges(pve, guest.node, [{ bridge: settings.bridge, pve: value }]);
  const others = (await inventory.guests()).filter(({ vmid }) => vmid !== guest.vmid);
  const addresses = settings.ip === undefined ? [] : staticAddresses(settings.ip);
  return planConfigure({
    guest,
    config,
    set: { [device]: value },
    verb,
    title,
    notes: await conflictNotes(pve, others, addresses),
    result: { device },
  });
}

/** The first `ethN` that the container does not have yet. */
function freeName(config: GuestConfig): string {
  const taken = Object.entries(config)
    .filter(([key]) => /^net\d+$/.test(key))
    .map(([, value]) => /(?:^|,)name=([^,]+)/.exec(String(value))?.[1]);
  for (let index = 0; ; index++) if (!taken.includes(`eth${index}`)) return `eth${index}`;
}

function applySettings(parts: NicParts, { type }: Guest, settings: NicSettings): void {
  const { bridge, vlan, mtu, rate, queues, firewall, linkDown, mac, model, name, ip } = settings;
  const set = (key: string, value: string | number | undefined): void => {
    if (value !== undefined) parts.set(key, String(value));
  };
  const toggle = (key: string, on: boolean | undefined): void => {
    if (on === true) parts.set(key, '1');
    if (on === false) parts.delete(key);
  };
  if (mac !== undefined && !/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i.test(mac))
    throw invalid(
      'PMX_INVALID_NET',
      'MAC address',
      mac,
      'it is not six pairs of hex digits',
      'For example: --mac BC:24:11:00:00:01',
    );
  if (mac !== undefined && Number.parseInt(mac.slice(0, 2), 16) % 2 === 1)
    throw invalid('PMX_INVALID_NET', 'MAC address', mac, 'it is one of a group, not of a device');
  set('name', name);
  set('model', model);
  set(type === 'qemu' ? 'macaddr' : 'hwaddr', mac?.toUpperCase());
  set('bridge', bridge);
  if (vlan === 0) parts.delete('tag');
  else set('tag', vlan);
  if (mtu === 0) parts.delete('mtu');
  else set('mtu', mtu);
  if (rate === 0) parts.delete('rate');
  else set('rate', rate);
  set('queues', queues);
  toggle('firewall', firewall);
  toggle('link_down', linkDown);
  if (ip === undefined) return;
  for (const key of ['ip', 'gw', 'ip6', 'gw6']) parts.delete(key);
  for (const part of ip.split(',')) {
    const at = part.indexOf('=');
    parts.set(part.slice(0, at), part.slice(at + 1));
  }
}
