import { flags, invalid } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import type { NicSettings } from '../../../operations/guest/nic/change.js';

const bridge = 'Bridge or SDN vnet that it is connected to.';

const common = {
  vlan: Flags.integer({
    description: 'VLAN tag; 0 for none.',
    min: 0,
    max: 4094,
    helpValue: 'TAG',
  }),
  mtu: Flags.integer({
    description: 'Largest packet in bytes; 1 takes that of the bridge, 0 the default.',
    min: 0,
    max: 65_520,
    helpValue: 'BYTES',
  }),
  rate: Flags.custom<number>({
    description: 'Limit in MB/s; 0 for none.',
    helpValue: 'MB/S',
    parse: async (value) => parseRate(value),
  })(),
  firewall: Flags.boolean({ description: 'Firewall rules of the guest count.', allowNo: true }),
  'link-down': Flags.boolean({ description: 'As if the cable were unplugged.', allowNo: true }),
  mac: Flags.string({ description: 'MAC address; a new one when left out.', helpValue: 'MAC' }),
};

const vmOnly = {
  model: Flags.option({
    description: 'What the VM sees.',
    options: ['virtio', 'e1000', 'e1000e', 'rtl8139', 'vmxnet3'] as const,
  })(),
  queues: Flags.integer({
    description: 'Packet queues, for several CPUs.',
    min: 0,
    max: 64,
    helpValue: 'N',
  }),
};

const ctOnly = {
  name: Flags.string({ description: 'Name inside the container: eth1.', helpValue: 'NAME' }),
  ip: flags.ip({ description: 'Its address: dhcp, or 10.0.0.5/24,gw=10.0.0.1.' }),
};

const newBridge = {
  bridge: Flags.string({ description: bridge, required: true, helpValue: 'BRIDGE' }),
};
const otherBridge = { bridge: Flags.string({ description: bridge, helpValue: 'BRIDGE' }) };

export const vmNicAddFlags = { ...newBridge, ...common, ...vmOnly };
export const vmNicSetFlags = { ...otherBridge, ...common, ...vmOnly };
export const ctNicAddFlags = { ...newBridge, ...common, ...ctOnly };
export const ctNicSetFlags = { ...otherBridge, ...common, ...ctOnly };

/** Megabytes in a second, as PVE takes them: 10, 0.5. @throws RequestError `PMX_INVALID_NET` */
export function parseRate(value: string): number {
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value);
  throw invalid(
    'PMX_INVALID_NET',
    'Rate',
    value,
    'it is no number of megabytes in a second',
    'For example: --rate 10, --rate 0.5; 0 for no limit.',
  );
}

/** What these flags say. */
export function nicSettings(given: Readonly<Record<string, unknown>>): NicSettings {
  const { 'link-down': linkDown, rate, ...rest } = given;
  const names = ['bridge', 'vlan', 'mtu', 'firewall', 'mac', 'model', 'queues', 'name', 'ip'];
  return {
    ...Object.fromEntries(
      names.flatMap((name) => (rest[name] === undefined ? [] : [[name, rest[name]]])),
    ),
    ...(linkDown !== undefined && { linkDown: linkDown === true }),
    ...(rate !== undefined && { rate: rate as number }),
  };
}
