import type { Inventory, PveReader, Storage } from '@pmx-cli/kit';

import { isVmidFree } from '../shared/vmid-range.js';

export interface Orphan {
  volid: string;
  node: string;
  /** The guest that it was made for. */
  vmid: number;
  sizeBytes?: number;
  format?: string;
}

interface ContentRow {
  volid: string;
  content: string;
  size?: number;
  format?: string;
  vmid?: number | string;
}

/**
 * Disks whose guest does not exist. Guests that this identity may not see do: only the server knows
 * all VMIDs, so it is asked about each.
 */
export async function listOrphans(
  pve: PveReader,
  inventory: Inventory,
  only: { storage?: string; node?: string },
): Promise<Orphan[]> {
  if (only.node !== undefined) await inventory.node(only.node);
  const storages = (await inventory.storages()).filter(
    ({ storage, node, active, content }) =>
      active &&
      (content.includes('images') || content.includes('rootdir')) &&
      (only.storage ?? storage) === storage &&
      (only.node ?? node) === node,
  );
  const volumes = (
    await Promise.all(onceEach(storages).map((storage) => disksOn(pve, storage)))
  ).flat();
  const seen = new Set((await inventory.freshGuests()).map(({ vmid }) => vmid));
  const suspects = [...new Set(volumes.map(({ vmid }) => vmid))].filter((vmid) => !seen.has(vmid));
  const free = new Set<number>();
  for (const vmid of suspects) if (await isVmidFree(pve, vmid)) free.add(vmid);
  return volumes
    .filter(({ vmid }) => free.has(vmid))
    .sort((a, b) => a.vmid - b.vmid || (a.volid < b.volid ? -1 : 1));
}

/** What all nodes share is looked at from one. */
function onceEach(storages: readonly Storage[]): Storage[] {
  const shared = new Set<string>();
  return storages.filter(({ storage, shared: isShared }) => {
    if (!isShared) return true;
    if (shared.has(storage)) return false;
    shared.add(storage);
    return true;
  });
}

async function disksOn(pve: PveReader, { node, storage }: Storage): Promise<Orphan[]> {
  const rows = await pve.get<ContentRow[]>(`/nodes/${node}/storage/${storage}/content`);
  return rows
    .filter(({ content, vmid }) => /^(?:images|rootdir)$/.test(content) && vmid !== undefined)
    .map(({ volid, vmid, size, format }) => ({
      volid,
      node,
      vmid: Number(vmid),
      ...(size !== undefined && { sizeBytes: Number(size) }),
      ...(format !== undefined && { format }),
    }));
}
