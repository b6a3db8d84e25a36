import {
  type Guest,
  type ImpactItem,
  type Inventory,
  type PveReader,
  text,
  type TextValue,
} from '@pmx-cli/kit';

import { type Drive, drivesOf, type GuestConfig } from '../shared/guest-config.js';
import { readConfigs, type Volume } from './volumes.js';

const recordLabel = 'pmx-iso:';

/** The line in a guest's description that says which ISO was made for it. */
export function isoRecord(volid: TextValue): TextValue {
  return text`${recordLabel} ${volid}`;
}

/** ISOs made for a guest, by its description or by name; `CI_<vmid>_…` is what older scripts wrote. */
function isOwn(volid: string, guest: Guest, description: string): boolean {
  const name = volid.slice(volid.lastIndexOf('/') + 1);
  return (
    description
      .split('\n')
      .some((line) => line.startsWith(recordLabel) && line.trim().endsWith(`/${name}`)) ||
    /^pmx-\d{8}-\d{6}-[a-z0-9]{5}-.+\.iso$/.test(name) ||
    name.startsWith(`CI_${guest.vmid}_`)
  );
}

export interface OwnedIsos {
  volumes: Volume[];
  removes: ImpactItem[];
  keeps: ImpactItem[];
}

/** Which ISOs of a guest's drives go with it: made for it, and in no other guest's drive. */
export async function ownedIsos(
  pve: PveReader,
  inventory: Inventory,
  guest: Guest,
  config: GuestConfig,
  drives: readonly Drive[],
): Promise<OwnedIsos> {
  const result: OwnedIsos = { volumes: [], removes: [], keeps: [] };
  const media = drives.filter(({ kind }) => kind === 'cdrom');
  const description = String(config['description'] ?? '');
  const own = media.filter(({ volid }) => isOwn(volid, guest, description));
  const users =
    own.length > 0 ? await usersOf(pve, inventory, guest, own) : new Map<string, Guest[]>();
  for (const drive of media) {
    const { volid } = drive;
    if (!own.includes(drive)) {
      result.keeps.push({ what: 'ISO', name: volid, detail: 'not made for this VM' });
      continue;
    }
    const others = users.get(volid) ?? [];
    if (others.length > 0) {
      const detail = `also used by ${others.map((other) => `${other.vmid} (${other.name})`).join(', ')}`;
      result.keeps.push({ what: 'cloud-init ISO', name: volid, detail });
      continue;
    }
    result.removes.push({ what: 'cloud-init ISO', name: volid, detail: drive.slot });
    result.volumes.push({ storage: volid.slice(0, volid.indexOf(':')), volid });
  }
  return result;
}

async function usersOf(
  pve: PveReader,
  inventory: Inventory,
  guest: Guest,
  isos: readonly Drive[],
): Promise<Map<string, Guest[]>> {
  const others = (await inventory.freshGuests()).filter((other) => other.vmid !== guest.vmid);
  const configs = await readConfigs(pve, others);
  const drives = configs.map((config) => drivesOf(config ?? {}));
  return new Map(
    isos.map(({ volid }) => [
      volid,
      others.filter((_, index) => drives[index]!.some((drive) => drive.volid === volid)),
    ]),
  );
}
