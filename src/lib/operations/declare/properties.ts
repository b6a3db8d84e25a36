import { type NetworkDevice, parseNetworkDevice } from '@pmx-cli/kit';

import { parseContainerNetwork } from '../ct/network.js';

/** The parts of an option like `virtio=BC:…,bridge=vmbr0`, by their keys. */
export type Properties = Record<string, string>;

const models = /^(?:virtio|e1000e?|rtl8139|vmxnet3|ne2k_pci|e1000-\w+)$/;

/** @param first key of a part without one */
export function parseProperties(text: string, first: string): Properties {
  const result: Properties = {};
  for (const part of text.split(',')) {
    const at = part.indexOf('=');
    if (at < 0) result[first] = part;
    else result[part.slice(0, at)] = part.slice(at + 1);
  }
  return result;
}

export function printProperties(properties: Properties, first?: string): string {
  const { [first ?? '']: lead, ...rest } = properties;
  return [
    ...(lead === undefined ? [] : [lead]),
    ...Object.entries(rest).map(([key, value]) => `${key}=${value}`),
  ].join(',');
}

/** A VM's `netN`; PVE writes the address behind the model. */
export function readVmNetwork(text: string): Properties {
  const parts = parseProperties(text, 'model');
  const result: Properties = {};
  for (const [key, value] of Object.entries(parts)) {
    if (!models.test(key)) result[key] = value;
    else {
      result['model'] = key;
      result['macaddr'] = value;
    }
  }
  return result;
}

export interface NetworkSyntax {
  /** Key of the hardware address, which PVE chooses when nobody does. */
  address: 'macaddr' | 'hwaddr';
  read(text: string): Properties;
  /** A text as `--net` takes it. @throws RequestError `PMX_INVALID_NET` */
  parse(text: string, slot: string): Pick<NetworkDevice, 'bridge' | 'pve'>;
}

export const vmNetwork: NetworkSyntax = {
  address: 'macaddr',
  read: readVmNetwork,
  parse: (text) => parseNetworkDevice(text),
};

export const containerNetwork: NetworkSyntax = {
  address: 'hwaddr',
  read: (text) => {
    const { type: _, ...rest } = parseProperties(text, 'bridge');
    return rest;
  },
  parse: (text, slot) => parseContainerNetwork(text, Number(slot.slice('net'.length))),
};

/** PVE writes switches as 0 and 1 and leaves out what is off. */
export function withoutOff(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([key, value]) => !(value === '0' && /^(?:firewall|link_down)$/.test(key)),
    ),
  );
}
