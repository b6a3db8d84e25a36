import type { Guest, Inventory, Plan, PveReader } from '@pmx-cli/kit';

import { planConfigure } from './configure.js';
import { guestLabel } from './kind.js';
import { readConfig } from './reads.js';

/** A container's name is its hostname; a VM's is only how Proxmox VE calls it. */
export async function planRename(
  pve: PveReader,
  inventory: Inventory,
  guest: Guest,
  name: string,
): Promise<Plan> {
  const [config, guests] = await Promise.all([readConfig(pve, guest), inventory.freshGuests()]);
  const twins = guests.filter(
    (other) => other.vmid !== guest.vmid && other.name.toLowerCase() === name.toLowerCase(),
  );
  const ids = twins.map(({ vmid }) => vmid).join(', ');
  return planConfigure({
    guest,
    config,
    set: { [guest.type === 'lxc' ? 'hostname' : 'name']: name },
    verb: 'rename',
    title: `Rename ${guestLabel(guest)} to ${name}`,
    notes: [
      ...(twins.length > 0
        ? [`There is a guest named ${name} already (${ids}); from now on only ids tell them apart.`]
        : []),
      ...(guest.type === 'qemu'
        ? ['The hostname inside the VM stays; cloud-init may take the new name at the next start.']
        : []),
    ],
  });
}
