import type { Guest, Inventory, Plan, PveReader } from '@pmx-cli/kit';

import { planGuestDeletes } from '../guest/delete/plan.js';
import { familyOf, readUses, templateReference } from './read.js';
import { isLatest, versionOf } from './record.js';

/**
 * Old versions of templates go. What is latest stays, and what linked clones stand on.
 * @param named whose versions are looked at; of each name once
 */
export async function planTemplatePrune(
  pve: PveReader,
  inventory: Inventory,
  named: readonly Guest[],
  keep: number,
): Promise<{ plans: Plan[]; kept: string[] }> {
  const guests = await inventory.freshGuests();
  const families = new Map(named.map((guest) => [guest.name.toLowerCase(), guest]));
  const goes: Guest[] = [];
  for (const guest of families.values()) {
    const family = familyOf(guests, guest);
    const versions = [...new Set(family.map((one) => versionOf(one)!))];
    const old = new Set(versions.slice(keep));
    goes.push(...family.filter((one) => old.has(versionOf(one)!) && !isLatest(one)));
  }
  const uses = goes.length > 0 ? await readUses(pve, guests, goes) : new Map();
  const linked = (guest: Guest): string[] =>
    ((uses.get(guest.vmid) ?? []) as Array<{ linked: boolean; vmid: number; name: string }>)
      .filter((clone) => clone.linked)
      .map(({ vmid, name }) => `${vmid} (${name})`);
  const free = goes.filter((guest) => linked(guest).length === 0);
  const kept = goes
    .filter((guest) => !free.includes(guest))
    .map(
      (guest) =>
        `${templateReference(guest)} (${guest.vmid}) stays: linked clones stand on it: ${linked(guest).join(', ')}.`,
    );
  const plans =
    free.length === 0
      ? []
      : await planGuestDeletes(pve, inventory, free, {
          stop: false,
          keepIso: false,
          deleteBackups: false,
          purge: true,
        });
  return { plans, kept };
}
