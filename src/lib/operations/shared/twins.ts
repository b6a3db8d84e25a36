import type { Inventory } from '@pmx-cli/kit';

/** PVE lets any number of guests have one name; who makes a second one is told. */
export async function twinNotes(inventory: Inventory, name: string): Promise<string[]> {
  const twins = (await inventory.freshGuests()).filter(
    (guest) => guest.name.toLowerCase() === name.toLowerCase(),
  );
  if (twins.length === 0) return [];
  const ids = twins.map((twin) => twin.vmid).join(', ');
  return [`There is a guest named ${name} already (${ids}); from now on only ids tell them apart.`];
}
