import type { Guest, Inventory, PveReader } from '@pmx-cli/kit';

import { type GuestConfig } from '../shared/guest-config.js';
import { readConfigs } from '../shared/read-configs.js';

/** Where a volume is in use: `scsi0` of VM 101, perhaps only in a snapshot. */
export interface VolumeUse {
  vmid: number;
  type: Guest['type'];
  name: string;
  slot: string;
  snapshot?: string;
}

/** True when a value of a configuration names the volume, or a linked clone that is built on it. */
function names(value: unknown, volid: string): boolean {
  const used = String(value).split(',')[0]!;
  if (used === volid) return true;
  const [storage, tail] = [
    volid.slice(0, volid.indexOf(':') + 1),
    volid.slice(volid.indexOf(':') + 1),
  ];
  return (
    used.startsWith(`${storage}${tail}/`) || (used.endsWith(`/${tail}`) && used.startsWith(storage))
  );
}

function usesIn(
  { vmid, type, name }: Guest,
  config: GuestConfig,
  volid: string,
  snapshot?: string,
): VolumeUse[] {
  return Object.entries(config)
    .filter(([, value]) => names(value, volid))
    .map(([slot]) => ({ vmid, type, name, slot, ...(snapshot !== undefined && { snapshot }) }));
}

/**
 * All guests' configurations, and the snapshots of the guests that own the volumes.
 * @returns for each volume where it is in use
 */
export async function findUses(
  pve: PveReader,
  inventory: Inventory,
  volumes: ReadonlyArray<{ volid: string; vmid?: number }>,
): Promise<Map<string, VolumeUse[]>> {
  const guests = await inventory.freshGuests();
  const configs = await readConfigs(pve, guests);
  const uses = new Map<string, VolumeUse[]>();
  for (const { volid, vmid } of volumes) {
    const found = guests.flatMap((guest, at) => usesIn(guest, configs[at] ?? {}, volid));
    const owner = guests.find((guest) => guest.vmid === vmid);
    if (owner && found.length === 0) found.push(...(await usesInSnapshots(pve, owner, volid)));
    uses.set(volid, found);
  }
  return uses;
}

async function usesInSnapshots(pve: PveReader, guest: Guest, volid: string): Promise<VolumeUse[]> {
  const path = `/nodes/${guest.node}/${guest.type}/${guest.vmid}/snapshot`;
  const snapshots = (await pve.get<Array<{ name: string }>>(path)).filter(
    ({ name }) => name !== 'current',
  );
  const configs = await Promise.all(
    snapshots.map(({ name }) => pve.get<GuestConfig>(`${path}/${encodeURIComponent(name)}/config`)),
  );
  return snapshots.flatMap(({ name }, at) => usesIn(guest, configs[at]!, volid, name));
}
