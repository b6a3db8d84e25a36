import { Args, Flags } from '@oclif/core';

import {
  invalid,
  parseDiskSize,
  parseGuestName,
  parseIpConfig,
  parseMemory,
  parseNetworkDevice,
  parseTags,
  parseVmid,
} from '../validate/index.js';

export { changeFlags } from './change.js';
export { globalFlags } from './global.js';
export { listFlags } from './list.js';
export { targetFlags } from './target.js';

const placement = 'PLACEMENT';
const hardware = 'HARDWARE';

/** Flags with one meaning everywhere. Each call makes a new one, so a command may override texts. */
export const flags = {
  node: (description = 'Node to work on.') =>
    Flags.string({
      description,
      env: 'PMX_NODE',
      helpGroup: placement,
      helpValue: 'NODE',
      noCacheDefault: true,
    }),
  /** Narrows a list; unlike `node` it takes nothing from the environment. */
  onNode: (description: string) => Flags.string({ description, helpValue: 'NODE' }),
  storage: (description = 'Storage for disks.') =>
    Flags.string({
      description,
      env: 'PMX_STORAGE',
      helpGroup: placement,
      helpValue: 'STORAGE',
      noCacheDefault: true,
    }),
  pool: (description = 'Pool to put the guest into.') =>
    Flags.string({ description, helpGroup: placement, helpValue: 'POOL' }),
  vmid: Flags.custom<number>({
    description: 'VMID to use; the next free one when left out.',
    helpGroup: placement,
    helpValue: 'VMID',
    parse: async (value) => parseVmid(value),
  }),
  name: Flags.custom<string>({
    description: 'Name of the guest, a DNS name.',
    helpValue: 'NAME',
    parse: async (value) => parseGuestName(value),
  }),
  memory: Flags.custom<number>({
    description: 'Memory, in MiB or with a unit (2G).',
    helpGroup: hardware,
    helpValue: 'SIZE',
    parse: async (value) => parseMemory(value),
  }),
  cores: Flags.custom<number>({
    description: 'Number of CPU cores.',
    helpGroup: hardware,
    helpValue: 'N',
    parse: async (value) => parseCount(value),
  }),
  disk: Flags.custom<ReturnType<typeof parseDiskSize>>({
    description: 'Size of the first disk (20G), or how much to add (+10G).',
    helpGroup: hardware,
    helpValue: 'SIZE',
    parse: async (value) => parseDiskSize(value),
  }),
  net: Flags.custom<ReturnType<typeof parseNetworkDevice>>({
    description: 'Network device: bridge, with options (vmbr0,tag=5). May be given several times.',
    helpGroup: hardware,
    helpValue: 'BRIDGE[,…]',
    parse: async (value) => parseNetworkDevice(value),
  }),
  ip: Flags.custom<string>({
    description: 'Address of the first network device: dhcp, or 10.0.0.5/24,gw=10.0.0.1.',
    helpValue: 'IP',
    parse: async (value) => parseIpConfig(value),
  }),
  tags: Flags.custom<string[]>({
    description: 'Tags, separated by commas.',
    helpValue: 'TAG,…',
    parse: async (value) => parseTags(value),
  }),
  /** `--no-wait` hands the UPID back at once. */
  wait: (description = 'Wait until the task has ended; --no-wait returns its UPID at once.') =>
    Flags.boolean({ description, default: true, allowNo: true, helpGroup: 'CHANGE' }),
  timeout: (description: string, seconds: number) =>
    Flags.integer({ description, default: seconds, min: 1, max: 86_400, helpValue: 'SECONDS' }),
};

async function parseCount(value: string): Promise<number> {
  const count = Number(value);
  if (!/^\d+$/.test(value) || count < 1 || count > 8192) {
    throw invalid(
      'PMX_INVALID_COUNT',
      'Number',
      value,
      'it must be a whole number from 1 to 8192',
      'For example: --cores 4',
    );
  }
  return count;
}

/** Positional values with one meaning everywhere; none of them ever reads stdin by itself. */
export const args = {
  target: (noun: string) =>
    Args.string({
      description: `Name or id of the ${noun}; also a range (110-120) or a pattern ('web-*').`,
      required: true,
      ignoreStdin: true,
    }),
  /** Beside a selector none has to be named. */
  targets: (noun: string) =>
    Args.string({
      description: `Names or ids of ${noun}s; also ranges (110-120), patterns ('web-*'), and - for standard input.`,
      ignoreStdin: true,
    }),
  one: (noun: string) =>
    Args.string({ description: `Name or id of the ${noun}.`, required: true, ignoreStdin: true }),
};
