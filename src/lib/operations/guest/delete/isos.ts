import type { Guest, ImpactItem } from '@pmx-cli/kit';

import type { Drive, GuestConfig } from '../../shared/guest-config.js';
import { isOwnIso } from '../../vm/seed-iso.js';
import type { DeleteSurvey } from './survey.js';

export interface OwnedIsos {
  volumes: Array<{ storage: string; volid: string }>;
  removes: ImpactItem[];
  keeps: ImpactItem[];
}

/** Which ISOs of a guest's drives go with it: made for it, and in no other guest's drive. */
export async function ownedIsos(
  survey: DeleteSurvey,
  guest: Guest,
  config: GuestConfig,
  drives: readonly Drive[],
  keep: boolean,
): Promise<OwnedIsos> {
  const result: OwnedIsos = { volumes: [], removes: [], keeps: [] };
  const description = String(config['description'] ?? '');
  for (const { volid, slot } of drives.filter(({ kind }) => kind === 'cdrom')) {
    if (!isOwnIso(volid, guest, description)) {
      result.keeps.push({ what: 'ISO', name: volid, detail: 'not made for this VM' });
      continue;
    }
    const others = await survey.usersOf(guest, (used) => used === volid);
    const why =
      others.length > 0
        ? `also used by ${others.map((other) => `${other.vmid} (${other.name})`).join(', ')}`
        : keep
          ? '--keep-iso'
          : undefined;
    if (why !== undefined) {
      result.keeps.push({ what: 'cloud-init ISO', name: volid, detail: why });
      continue;
    }
    result.removes.push({ what: 'cloud-init ISO', name: volid, detail: slot });
    result.volumes.push({ storage: volid.slice(0, volid.indexOf(':')), volid });
  }
  return result;
}

/** Whether a file that is there may be this guest's, by its name: then its configuration has to tell. */
export async function mayHaveIso(survey: DeleteSurvey, guest: Guest): Promise<boolean> {
  if (guest.type === 'lxc') return false;
  const isos = await survey.isosFor(guest);
  return isos.some(({ volid }) => {
    const name = volid.slice(volid.lastIndexOf('/') + 1);
    const made = /^pmx-\d{8}-\d{6}-[a-z0-9]{5}-(.+)\.iso$/.exec(name)?.[1];
    return made === guest.name || name.startsWith(`CI_${guest.vmid}_`);
  });
}
