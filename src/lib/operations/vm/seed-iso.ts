import { type Guest, text, type TextValue } from '@pmx-cli/kit';

const recordLabel = 'pmx-iso:';

/** The line in a guest's description that says which ISO was made for it. */
export function isoRecord(volid: TextValue): TextValue {
  return text`${recordLabel} ${volid}`;
}

/** ISOs made for a guest, by its description or by name; `CI_<vmid>_…` is what older scripts wrote. */
export function isOwnIso(volid: string, guest: Guest, description: string): boolean {
  const name = volid.slice(volid.lastIndexOf('/') + 1);
  return (
    description
      .split('\n')
      .some((line) => line.startsWith(recordLabel) && line.trim().endsWith(`/${name}`)) ||
    /^pmx-\d{8}-\d{6}-[a-z0-9]{5}-.+\.iso$/.test(name) ||
    name.startsWith(`CI_${guest.vmid}_`)
  );
}

/** By the names alone, when there are too many configurations to look into. */
export function fitsByName(volid: string, guest: Pick<Guest, 'vmid' | 'name'>): boolean {
  const name = volid.slice(volid.lastIndexOf('/') + 1);
  const made = /^pmx-\d{8}-\d{6}-[a-z0-9]{5}-(.+)\.iso$/.exec(name)?.[1];
  return made === guest.name || name.startsWith(`CI_${guest.vmid}_`);
}
