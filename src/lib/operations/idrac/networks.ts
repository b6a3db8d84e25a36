import { BlockList, isIPv4 } from 'node:net';

import { RequestError } from '@pmx-cli/kit';

/** Wider than this is more than anybody means by a typing error. */
const widest = 20;

const local = new BlockList();
for (const [net, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
] as const)
  local.addSubnet(net, prefix, 'ipv4');

const toNumber = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const toAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** Addresses that hosts may have: without the net's own and broadcast. */
export function addressesOf(cidr: string, yes: boolean): string[] {
  const [address = '', prefix = ''] = cidr.split('/');
  const bits = Number(prefix);
  if (!isIPv4(address) || !/^\d{1,2}$/.test(prefix) || bits < 1 || bits > 32) {
    throw new RequestError({
      code: 'PMX_INVALID_CIDR',
      message: `'${cidr}' is no IPv4 network: an address, a slash and a number from 1 to 32 make one.`,
      hints: ['For example: 10.0.8.0/24'],
    });
  }
  const size = 2 ** (32 - bits);
  const first = Math.floor(toNumber(address) / size) * size;
  if (bits < widest && !yes) {
    throw new RequestError({
      code: 'PMX_NETWORK_TOO_WIDE',
      message: `${cidr} has ${size} addresses; without --yes pmx goes through 4096 (/${widest}) at most.`,
      hints: ['Name a narrower network, or add --yes.'],
    });
  }
  if (bits < 8) {
    throw new RequestError({
      code: 'PMX_NETWORK_TOO_WIDE',
      message: `${cidr} has ${size} addresses, more than pmx goes through at all.`,
      hints: ['Name networks of /8 or narrower.'],
    });
  }
  const inside = [first, first + size - 1].every((end) => local.check(toAddress(end), 'ipv4'));
  if (!inside && !yes) {
    throw new RequestError({
      code: 'PMX_NETWORK_PUBLIC',
      message: `${cidr} is not a private network: others may see a scan of it as an attack.`,
      hints: ['Name a private network, or add --yes when it is yours.'],
    });
  }
  const edges = bits >= 31 ? 0 : 1;
  return Array.from({ length: size - 2 * edges }, (_, at) => toAddress(first + edges + at));
}
