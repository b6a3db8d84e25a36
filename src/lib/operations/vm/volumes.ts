import type { Guest, Inventory, PveReader } from '@pmx-cli/kit';

import { isNotFound } from '../../api/index.js';
import { type Drive, drivesOf, type GuestConfig } from '../shared/guest-config.js';

export interface Volume {
  storage: string;
  volid: string;
  size?: number;
  vmid?: number | string;
  parent?: string;
}

type ContentRow = Omit<Volume, 'storage'>;

export async function imagesOn(
  pve: PveReader,
  node: string,
  storage: string,
  vmid?: number,
): Promise<Volume[]> {
  const rows = await pve.get<ContentRow[]>(`/nodes/${node}/storage/${storage}/content`, {
    content: 'images',
    vmid,
  });
  return rows.map((row) => ({ ...row, storage }));
}

/** Disks that bear the guest's VMID without being in its configuration. */
export async function unreferencedDisks(
  pve: PveReader,
  inventory: Inventory,
  guest: Guest,
  drives: readonly Drive[],
): Promise<Volume[]> {
  const storages = (await inventory.storages(guest.node)).filter(
    (storage) => storage.active && storage.content.includes('images'),
  );
  const volumes = await Promise.all(
    storages.map(({ storage }) => imagesOn(pve, guest.node, storage, guest.vmid)),
  );
  const known = new Set(drives.map(({ volid }) => volid));
  // A linked clone's volid carries its base in front (`9000/base-9000-disk-0.qcow2/101/…`).
  return volumes
    .flat()
    .filter(({ volid }) => ![...known].some((own) => own === volid || own.endsWith(tail(volid))));
}

function tail(volid: string): string {
  return `/${volid.slice(volid.indexOf(':') + 1)}`;
}

/** Guests whose disks are built on the template's. */
export async function linkedClonesOf(
  pve: PveReader,
  inventory: Inventory,
  template: Guest,
): Promise<Guest[]> {
  const base = new RegExp(`base-${template.vmid}-disk-`);
  const others = (await inventory.freshGuests()).filter(
    (guest) => guest.type === 'qemu' && guest.vmid !== template.vmid,
  );
  const configs = await readConfigs(pve, others);
  return others.filter((_, index) =>
    drivesOf(configs[index] ?? {}).some(({ volid }) => base.test(volid)),
  );
}

const parallelReads = 8;

/** Any other failure ends the whole: what cannot be read might still use what is to be removed. */
export async function readConfigs(
  pve: PveReader,
  guests: readonly Guest[],
): Promise<Array<GuestConfig | undefined>> {
  const configs: Array<GuestConfig | undefined> = [];
  const queue = guests.entries();
  const worker = async (): Promise<void> => {
    for (const [index, guest] of queue) {
      configs[index] = await pve
        .get<GuestConfig>(`/nodes/${guest.node}/${guest.type}/${guest.vmid}/config`)
        .catch((error: unknown) => {
          if (isNotFound(error)) return undefined;
          throw error;
        });
    }
  };
  await Promise.all(Array.from({ length: parallelReads }, worker));
  return configs;
}
