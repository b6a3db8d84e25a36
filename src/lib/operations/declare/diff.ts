import type { ContextDefaults, Inventory, PveReader } from '@pmx-cli/kit';

import { shareReads } from '../shared/shared-reads.js';
import { compareState } from './apply.js';
import type { Manifest } from './document.js';
import { findGuest } from './find.js';
import { comparePool } from './pool.js';
import type { Difference } from './tables.js';

export interface ManifestDiff {
  kind: string;
  name: string;
  vmid: number | null;
  /** False: it would be made. */
  exists: boolean;
  differences: Difference[];
}

/** What is otherwise than the documents say, in their order; those that are as described are left out. */
export async function diffManifests(
  reader: PveReader,
  known: Inventory,
  manifests: readonly Manifest[],
  defaults: ContextDefaults,
): Promise<ManifestDiff[]> {
  const { pve, inventory } = shareReads(reader, known);
  const all: ManifestDiff[] = [];
  for (const manifest of manifests) {
    const { kind, metadata } = manifest;
    if (kind === 'Pool') {
      all.push({ kind, name: metadata.name, vmid: null, ...(await comparePool(pve, manifest)) });
      continue;
    }
    const state = await findGuest(pve, inventory, manifest);
    all.push({
      kind,
      name: metadata.name,
      vmid: state?.guest.vmid ?? null,
      exists: state !== undefined,
      differences: state ? compareState(manifest, state, defaults).differences : [],
    });
  }
  return all.filter(({ exists, differences }) => !exists || differences.length > 0);
}
