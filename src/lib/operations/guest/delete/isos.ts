import type { Guest, ImpactItem } from '@pmx-cli/kit';

import type { Drive, GuestConfig } from '../../shared/guest-config.js';
import { fitsByName, isOwnIso } from '../../vm/seed-iso.js';
import type { DeleteSurvey } from './survey.js';

export interface OwnedIsos {
  volumes: Array<{
    storage: string;
    volid: string;
    /** Guests that are deleted as well; the last of them takes it along. */
    sharedWith: Guest[];
  }>;
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
    // Read for all at once, and only where there is such an ISO: a clone keeps it under any name.
    const users = await survey.usersOf(guest, (used) => used === volid);
    const stay = users.filter((user) => !survey.deletes(user));
    const why = stay.length > 0 ? `also used by ${named(stay)}` : keep ? '--keep-iso' : undefined;
    if (why !== undefined) {
      result.keeps.push({ what: 'cloud-init ISO', name: volid, detail: why });
      continue;
    }
    const last = users.length > 0 ? `, with the last of ${named([guest, ...users])}` : '';
    result.removes.push({ what: 'cloud-init ISO', name: volid, detail: slot + last });
    result.volumes.push({
      storage: volid.slice(0, volid.indexOf(':')),
      volid,
      sharedWith: users,
    });
  }
  return result;
}

const named = (guests: readonly Guest[]): string =>
  guests.map(({ vmid, name }) => `${vmid} (${name})`).join(', ');

/** Whether a file that is there may be this guest's, by its name: then its configuration has to tell. */
export async function mayHaveIso(survey: DeleteSurvey, guest: Guest): Promise<boolean> {
  if (guest.type === 'lxc') return false;
  const isos = await survey.isosFor(guest);
  return isos.some(({ volid }) => fitsByName(volid, guest));
}
