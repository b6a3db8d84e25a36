import { BlockList, isIP } from 'node:net';

import { type Guest, invalid, type PveReader } from '@pmx-cli/kit';

import { guestPath } from '../guest/kind.js';

interface Cidr {
  family: 4 | 6;
  value: bigint;
  prefix: number;
}

const bits = { 4: 32, 6: 128 } as const;

/**
 * The address configuration of the guest behind that many others: static addresses are counted up.
 * @param config PVE's `ipconfigN`, `ip=10.0.0.10/24,gw=10.0.0.1`
 * @throws RequestError `PMX_ADDRESSES_EXHAUSTED`
 */
export function countUp(config: string, index: number): string {
  if (index === 0) return config;
  const gateways = partsOf(config)
    .filter(([key]) => key.startsWith('gw'))
    .map(([, value]) => value);
  return partsOf(config)
    .map(([key, value]) => {
      const cidr = key.startsWith('ip') ? parse(value) : undefined;
      return `${key}=${cidr ? next(value, cidr, index, gateways) : value}`;
    })
    .join(',');
}

/** The addresses themselves, without prefix. */
export function staticAddresses(config: string): string[] {
  return partsOf(config)
    .filter(([key, value]) => key.startsWith('ip') && parse(value))
    .map(([, value]) => value.split('/')[0]!);
}

function next(from: string, cidr: Cidr, index: number, gateways: readonly string[]): string {
  const size = BigInt(bits[cidr.family] - cidr.prefix);
  const network = (cidr.value >> size) << size;
  const last = network + (1n << size) - 1n;
  const value = cidr.value + BigInt(index);
  // The last address of an IPv4 net is for broadcasts.
  const highest = cidr.family === 4 && size > 1n ? last - 1n : last;
  const address = format(value, cidr.family);
  if (value > highest)
    throw exhausted(from, `the net has no address number ${index + 1} behind it`);
  if (gateways.some((gateway) => sameAddress(gateway, address)))
    throw exhausted(from, `counting up reaches the gateway ${address}`);
  return `${address}/${cidr.prefix}`;
}

function exhausted(value: string, rule: string): Error {
  return invalid(
    'PMX_ADDRESSES_EXHAUSTED',
    'Address',
    value,
    rule,
    'Begin with another address, make fewer, or use --ip dhcp.',
  );
}

function partsOf(config: string): Array<[string, string]> {
  return config.split(',').map((part) => {
    const at = part.indexOf('=');
    return [part.slice(0, at), part.slice(at + 1)];
  });
}

function parse(text: string): Cidr | undefined {
  const [address = '', prefix] = text.split('/');
  const family = isIP(address);
  if (family === 0 || prefix === undefined) return undefined;
  return { family: family as 4 | 6, value: toNumber(address, family), prefix: Number(prefix) };
}

function toNumber(address: string, family: number): bigint {
  if (family === 4) return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  const [head = '', tail] = withoutDots(address).split('::');
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '');
  const [front, back] = [groups(head), groups(tail ?? '')];
  const filled =
    tail === undefined
      ? front
      : [...front, ...Array.from({ length: 8 - front.length - back.length }, () => '0'), ...back];
  return filled.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

/** `::ffff:10.0.0.1` in groups only. */
function withoutDots(address: string): string {
  const [, head, dotted] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address) ?? [];
  if (head === undefined || dotted === undefined) return address;
  const value = toNumber(dotted, 4);
  return `${head}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

function format(value: bigint, family: 4 | 6): string {
  if (family === 4)
    return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  const zeros = /(?:^|:)0(?::0)+(?:$|:)/.exec(groups.join(':'))?.[0];
  return zeros === undefined ? groups.join(':') : groups.join(':').replace(zeros, '::');
}

function sameAddress(a: string, b: string): boolean {
  const type = isIP(b) === 4 ? 'ipv4' : 'ipv6';
  if (isIP(a) !== isIP(b)) return false;
  const list = new BlockList();
  list.addAddress(a, type);
  return list.check(b, type);
}

/** Beyond that many guests nobody waits for all their configurations. */
const mostGuests = 100;
const parallelReads = 8;

/** Guests that have one of these addresses in their configuration, in words. */
export async function conflictNotes(
  pve: PveReader,
  guests: readonly Guest[],
  addresses: readonly string[],
): Promise<string[]> {
  const wanted = new Set(addresses);
  if (wanted.size === 0) return [];
  if (guests.length > mostGuests)
    return [`Addresses were not held against those of ${guests.length} guests.`];
  const notes: string[] = [];
  const queue = guests.values();
  const worker = async (): Promise<void> => {
    for (const guest of queue) {
      const config = await pve
        .get<Record<string, unknown>>(`${guestPath(guest)}/config`)
        .catch(() => ({}));
      for (const [key, value] of Object.entries(config)) {
        if (!/^(?:ipconfig|net)\d+$/.test(key)) continue;
        for (const address of staticAddresses(String(value)).filter((own) => wanted.has(own)))
          notes.push(
            `${guest.name || 'Guest'} (${guest.vmid}) has the address ${address} already.`,
          );
      }
    }
  };
  await Promise.all(Array.from({ length: parallelReads }, worker));
  return notes.sort();
}
