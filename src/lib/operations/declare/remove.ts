import type { Guest, Inventory, Json, Plan, PveReader } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { planGuestDeletes } from '../guest/delete/plan.js';
import { planPoolDelete } from '../pool/change.js';
import { findPool } from '../pool/read.js';
import { shareReads } from '../shared/shared-reads.js';
import { laterOperation } from './apply.js';
import { labelOf, type Manifest } from './document.js';
import { findGuest } from './find.js';

/**
 * A plan for each document; without steps for what is gone already.
 * @throws RequestError as `vm delete` does
 */
export async function planManifestDeletes(
  reader: PveReader,
  known: Inventory,
  manifests: readonly Manifest[],
  { stop }: { stop: boolean },
): Promise<Plan[]> {
  const { pve, inventory } = shareReads(reader, known);
  const guests = new Map<Manifest, Guest>();
  for (const manifest of manifests) {
    const state = manifest.kind === 'Pool' ? undefined : await findGuest(pve, inventory, manifest);
    if (state) guests.set(manifest, state.guest);
  }
  const options = { stop, keepIso: false, deleteBackups: false, purge: true };
  const plain = [...guests].filter(([{ kind }]) => kind !== 'Template');
  const removals = await planGuestDeletes(
    pve,
    inventory,
    plain.map(([, guest]) => guest),
    options,
  );
  const plans = new Map(plain.map(([manifest], index) => [manifest, removals[index]!]));
  const going = new Set([...guests.values()].map(({ vmid }) => vmid));
  for (const [manifest, guest] of guests) {
    if (manifest.kind !== 'Template') continue;
    const [plan] = await planGuestDeletes(pve, inventory, [guest], options).catch(
      (error: unknown) => {
        if (clonesOf(error).some((vmid) => !going.has(vmid)) || clonesOf(error).length === 0)
          throw error;
        return [later(manifest, guest)];
      },
    );
    plans.set(manifest, plan!);
  }
  for (const manifest of manifests) {
    if (manifest.kind !== 'Pool' || !(await findPool(pve, manifest.metadata.name))) continue;
    // Its members stay; those of the documents are gone by then.
    plans.set(manifest, await planPoolDelete(pve, manifest.metadata.name, true));
  }
  return manifests.map((manifest) => {
    const guest = guests.get(manifest);
    const plan = plans.get(manifest) ?? gone(manifest);
    return {
      ...plan,
      result: {
        kind: manifest.kind,
        name: manifest.metadata.name,
        vmid: guest?.vmid ?? null,
        node: guest?.node ?? null,
        action: plan.steps.length > 0 ? 'deleted' : 'unchanged',
        differences: [] as Json,
      },
    };
  });
}

function clonesOf(error: unknown): number[] {
  if (!isPmxError(error) || error.code !== 'PMX_TEMPLATE_IN_USE') return [];
  return (error.data?.['clones'] as number[] | undefined) ?? [];
}

/** Its linked clones are to go first. */
function later(manifest: Manifest, guest: Guest): Plan {
  const target = labelOf(manifest);
  return {
    operation: laterOperation,
    target,
    title: `Delete ${target} (${guest.vmid}), once its linked clones are gone`,
    steps: [],
    result: null,
  };
}

function gone(manifest: Manifest): Plan {
  const target = labelOf(manifest);
  return {
    operation: 'manifest.delete',
    target,
    title: `${target} is gone already`,
    steps: [],
    notes: [`${target} is gone already.`],
    result: null,
  };
}
