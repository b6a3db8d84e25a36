import type { Guest, Inventory, PveReader } from '@pmx-cli/kit';

import { inParallel } from '../shared/parallel.js';
import { readConfig } from '../shared/read-configs.js';
import { familyOf, readUses } from './read.js';
import { isLatest, readRecord, versionOf } from './record.js';

/** One version of a template on one node. */
export interface VersionRow {
  name: string;
  version: string;
  latest: boolean;
  vmid: number;
  node: string;
  made: string | null;
  /** File, address or `vm/101` that it was made from. */
  source: string | null;
  checksum: string | null;
  /** Linked clones, without which it could be deleted. */
  clones: Array<{ vmid: number; name: string }>;
}

/** All versions of these templates' names, the newest first. */
export async function listVersions(
  pve: PveReader,
  inventory: Inventory,
  named: readonly Guest[],
): Promise<VersionRow[]> {
  const guests = await inventory.freshGuests();
  const names = new Map(named.map((guest) => [guest.name.toLowerCase(), guest]));
  const family = [...names.values()].flatMap((guest) => familyOf(guests, guest));
  const uses = family.length > 0 ? await readUses(pve, guests, family) : new Map();
  return inParallel(family, async (guest): Promise<VersionRow> => {
    const record = readRecord((await readConfig(pve, guest))?.['description']);
    const clones = (uses.get(guest.vmid) ?? []) as Array<{
      linked: boolean;
      vmid: number;
      name: string;
    }>;
    return {
      name: guest.name,
      version: versionOf(guest)!,
      latest: isLatest(guest),
      vmid: guest.vmid,
      node: guest.node,
      made: record.made ?? null,
      source: record.source ?? null,
      checksum: record.checksum ?? (record.sha256 ? `sha256:${record.sha256}` : null),
      clones: clones.filter(({ linked }) => linked).map(({ vmid, name }) => ({ vmid, name })),
    };
  });
}
