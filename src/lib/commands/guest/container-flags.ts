import { flags, parseMemory } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import type { ContainerNetwork } from '../../operations/ct/network.js';

const hardware = 'HARDWARE';
const system = 'SYSTEM';

/** How a container is made up; `ct create` and files say the same. */
export const containerHardware = {
  memory: flags.memory(),
  swap: Flags.custom<number>({
    description: 'Swap, in MiB or with a unit (512M); 0 for none.',
    helpGroup: hardware,
    helpValue: 'SIZE',
    parse: async (value) => (value === '0' ? 0 : parseMemory(value)),
  })(),
  cores: flags.cores(),
  net: Flags.string({
    description:
      'Network device: bridge, with options (vmbr0,tag=5,ip=dhcp). May be given several times.',
    helpGroup: hardware,
    helpValue: 'BRIDGE[,…]',
    multiple: true,
  }),
  ip: flags.ip({ helpGroup: hardware }),
  unprivileged: Flags.boolean({
    description: 'Root of the container is nobody on the node; --no-unprivileged makes it root.',
    helpGroup: system,
    default: true,
    allowNo: true,
  }),
  features: Flags.string({
    description: 'What the container may do (nesting=1,keyctl=1,fuse=1).',
    helpGroup: system,
    helpValue: 'NAME=1,…',
  }),
  nameserver: Flags.string({
    description: 'Address of a DNS server; that of the node when left out.',
    helpGroup: system,
    helpValue: 'IP',
  }),
  searchdomain: Flags.string({
    description: 'Domain that names are searched in.',
    helpGroup: system,
    helpValue: 'DOMAIN',
  }),
  onboot: Flags.boolean({
    description: 'Start the container when its node starts.',
    helpGroup: system,
  }),
};

interface Given {
  memory?: number;
  swap?: number;
  cores?: number;
  unprivileged?: boolean;
  features?: string;
  nameserver?: string;
  searchdomain?: string;
  onboot?: boolean;
}

/** Flags → options of PVE, and the network devices with the address of the first. */
export async function containerSettings(given: Given): Promise<{
  settings: Record<string, string | number>;
  networks(
    net: readonly string[] | undefined,
    ip: string | undefined,
    bridge: string,
  ): Promise<ContainerNetwork[]>;
}> {
  const { parseContainerNetwork, parseFeatures } = await import('../../operations/ct/network.js');
  const { memory, swap, cores, features, nameserver, searchdomain } = given;
  return {
    settings: {
      unprivileged: given.unprivileged === false ? 0 : 1,
      ...(memory !== undefined && { memory }),
      ...(swap !== undefined && { swap }),
      ...(cores !== undefined && { cores }),
      ...(features !== undefined && { features: parseFeatures(features) }),
      ...(nameserver !== undefined && { nameserver }),
      ...(searchdomain !== undefined && { searchdomain }),
      ...(given.onboot && { onboot: 1 }),
    },
    async networks(net, ip, bridge) {
      const words = net ?? (ip === undefined ? [] : [bridge]);
      return words.map((word, index) =>
        parseContainerNetwork(index === 0 && ip !== undefined ? `${word},${ip}` : word, index),
      );
    },
  };
}
