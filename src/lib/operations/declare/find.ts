import type { Guest, Inventory, PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { readConfig } from '../guest/reads.js';
import type { GuestState } from './compare.js';
import { labelOf, type Manifest } from './document.js';

const types = {
  VirtualMachine: { type: 'qemu', template: false },
  Container: { type: 'lxc', template: false },
  Template: { type: 'qemu', template: true },
} as const;

/**
 * The guest that a document speaks of: by its id, else by its name.
 * @throws RequestError `PMX_AMBIGUOUS_NAME`, `PMX_VMID_TAKEN`
 */
export async function findGuest(
  pve: PveReader,
  inventory: Inventory,
  manifest: Manifest,
): Promise<GuestState | undefined> {
  const guest = chooseGuest(manifest, await inventory.freshGuests());
  if (!guest) return undefined;
  const [config, pool] = await Promise.all([readConfig(pve, guest), poolNameOf(pve, guest)]);
  return { guest: { ...guest, ...(pool !== undefined && { pool }) }, config };
}

function chooseGuest(manifest: Manifest, guests: readonly Guest[]): Guest | undefined {
  const { kind, metadata } = manifest;
  const { type, template } = types[kind as keyof typeof types];
  const isOne = (guest: Guest): boolean => guest.type === type && guest.template === template;
  if (metadata.vmid !== undefined) {
    const owner = guests.find(({ vmid }) => vmid === metadata.vmid);
    if (owner && isOne(owner)) return owner;
    if (owner) {
      throw new RequestError({
        code: 'PMX_VMID_TAKEN',
        message: `${manifest.where}: VMID ${metadata.vmid} is taken by '${owner.name}', which is no ${kind}.`,
        hints: ['Leave metadata.vmid out, or name another id.'],
      });
    }
  }
  const named = guests.filter(
    (guest) => isOne(guest) && guest.name.toLowerCase() === metadata.name.toLowerCase(),
  );
  if (named.length < 2) return named[0];
  throw new RequestError({
    code: 'PMX_AMBIGUOUS_NAME',
    message: `${manifest.where}: ${named.length} guests are called '${metadata.name}': ${named.map(({ vmid }) => vmid).join(', ')}.`,
    hints: [`Say which one: add metadata.vmid to ${labelOf(manifest)}.`],
  });
}

/** The lists of the nodes do not know pools. */
export async function poolNameOf(pve: PveReader, { vmid }: Guest): Promise<string | undefined> {
  const rows = await pve.get<Array<{ vmid?: number; pool?: string }>>('/cluster/resources', {
    type: 'vm',
  });
  return rows.find((row) => Number(row.vmid) === vmid)?.pool;
}
