import type { Guest, PveReader } from '@pmx-cli/kit';
import { isPmxError, ProxmoxError, RequestError } from '@pmx-cli/kit/errors';

import { preferredAddress } from '../engine/handlers/pve-wait.js';
import { guestLabel, guestPath } from '../guest/kind.js';
import { queryAgent } from './agent-read.js';

export type AddressSource = 'flag' | 'agent' | 'interfaces' | 'config';

export interface Found {
  address: string;
  source: AddressSource;
}

type Interfaces = Parameters<typeof preferredAddress>[0];
type Config = Readonly<Record<string, string | number | undefined>>;

/**
 * Where a guest can be reached: what it says itself, else what its configuration gives it.
 * @throws ProxmoxError `PMX_NO_ADDRESS` with what was tried
 */
export async function findAddress(pve: PveReader, guest: Guest, config: Config): Promise<Found> {
  const tried: string[] = [];
  if (guest.status === 'running') {
    const own = await fromGuest(pve, guest, tried);
    if (own !== undefined)
      return { address: own, source: guest.type === 'lxc' ? 'interfaces' : 'agent' };
  } else {
    throw new RequestError({
      code: 'PMX_GUEST_NOT_RUNNING',
      message: `${guestLabel(guest)} is ${guest.status}.`,
      hints: [`Start it: pmx ${guest.type === 'lxc' ? 'ct' : 'vm'} start ${guest.vmid}`],
    });
  }
  const fixed = fromConfig(config);
  if (fixed !== undefined) return { address: fixed, source: 'config' };
  tried.push('its configuration has no fixed address');
  throw new ProxmoxError({
    code: 'PMX_NO_ADDRESS',
    message: `The address of ${guestLabel(guest)} is not known: ${tried.join('; ')}.`,
    hints: [
      'Name it: --host ADDRESS',
      ...(guest.type === 'qemu'
        ? ['With qemu-guest-agent in the guest and agent=1 in its configuration pmx finds it.']
        : []),
    ],
  });
}

async function fromGuest(
  pve: PveReader,
  guest: Guest,
  tried: string[],
): Promise<string | undefined> {
  try {
    const found = preferredAddress(
      guest.type === 'lxc'
        ? (await pve.get<ContainerInterface[]>(`${guestPath(guest)}/interfaces`)).map(asInterface)
        : await queryAgent<Interfaces>(pve, guest, 'network-get-interfaces'),
    );
    if (found === undefined) tried.push('it has none that others can reach');
    return found;
  } catch (error) {
    if (!isPmxError(error) || error.exitCode !== 3) throw error;
    tried.push(error.message.replace(/\.$/, ''));
    return undefined;
  }
}

interface ContainerInterface {
  name: string;
  inet?: string;
  inet6?: string;
}

/** A container's interfaces carry one address of each kind, with its prefix. */
function asInterface({ name, inet, inet6 }: ContainerInterface): Interfaces[number] {
  const bare = (address: string): string => address.split('/', 1)[0]!;
  return {
    name,
    'ip-addresses': [
      ...(inet === undefined
        ? []
        : [{ 'ip-address': bare(inet), 'ip-address-type': 'ipv4' as const }]),
      ...(inet6 === undefined
        ? []
        : [{ 'ip-address': bare(inet6), 'ip-address-type': 'ipv6' as const }]),
    ],
  };
}

/** `ipconfig0: ip=10.0.0.5/24,gw=…` of cloud-init, or the same words in a container's `net0`. */
function fromConfig(config: Config): string | undefined {
  const lines = Object.entries(config)
    .filter(([name]) => /^(?:ipconfig|net)\d+$/.test(name))
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([, value]) => `,${String(value)}`);
  for (const key of ['ip', 'ip6']) {
    for (const line of lines) {
      const address = new RegExp(`,${key}=([0-9a-fA-F.:]+)/\\d+`).exec(line)?.[1];
      if (address !== undefined) return address;
    }
  }
  return undefined;
}
