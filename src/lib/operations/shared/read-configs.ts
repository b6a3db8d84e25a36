import type { Guest, PveReader } from '@pmx-cli/kit';

import { isNotFound } from '../../api/index.js';
import type { GuestConfig } from './guest-config.js';
import { inParallel } from './parallel.js';

/**
 * Undefined when the guest is gone meanwhile. Any other failure ends the whole: what cannot be read
 * might still use what is to be removed.
 */
export async function readConfig(
  pve: PveReader,
  { node, type, vmid }: Pick<Guest, 'node' | 'type' | 'vmid'>,
): Promise<GuestConfig | undefined> {
  try {
    return await pve.get<GuestConfig>(`/nodes/${node}/${type}/${vmid}/config`);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export function readConfigs(
  pve: PveReader,
  guests: readonly Guest[],
): Promise<Array<GuestConfig | undefined>> {
  return inParallel(guests, (guest) => readConfig(pve, guest));
}
