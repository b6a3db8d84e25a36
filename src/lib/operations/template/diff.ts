import type { Guest, PveReader } from '@pmx-cli/kit';

import { ownNotes } from '../declare/notes.js';
import { readConfig } from '../guest/reads.js';
import { drivesOf, type GuestConfig, sameValue } from '../shared/guest-config.js';
import { isVersionTag, readRecord, versionOf } from './record.js';

export interface TemplateDifference {
  field: string;
  a: string | null;
  b: string | null;
}

/** Of no template the same as of another, and without meaning for what is made from them. */
const ownIdentity = new Set([
  'digest',
  'meta',
  'vmgenid',
  'smbios1',
  'description',
  'tags',
  'name',
]);

/** What two templates have differently: options, and what is recorded of how they came about. */
export async function diffTemplates(
  pve: PveReader,
  a: Guest,
  b: Guest,
): Promise<TemplateDifference[]> {
  const [left, right] = await Promise.all([readConfig(pve, a), readConfig(pve, b)]);
  const [one, other] = [fieldsOf(a, left), fieldsOf(b, right)];
  const fields = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return fields.flatMap((field) => {
    const [first, second] = [one[field] ?? null, other[field] ?? null];
    return sameValue(field, first, second) ? [] : [{ field, a: first, b: second }];
  });
}

function fieldsOf(guest: Guest, config: GuestConfig): Record<string, string> {
  const { recipe = {}, ...record } = readRecord(config['description']);
  const drives = new Map(drivesOf(config).map(({ slot, kind }) => [slot, kind]));
  const tags = guest.tags.filter((tag) => !isVersionTag(tag)).join(';');
  const facts: Record<string, unknown> = {
    node: guest.node,
    version: versionOf(guest),
    source: record.source,
    sha256: record.sha256,
    made: record.made,
    pmx: record.pmx,
    notes: ownNotes(config['description']) || undefined,
    tags: tags || undefined,
    ...Object.fromEntries(
      Object.entries(recipe).map(([key, value]) => [`recipe.${key}`, JSON.stringify(value)]),
    ),
  };
  const options = Object.entries(config)
    .filter(([option]) => !ownIdentity.has(option))
    .map(([option, value]): [string, unknown] => [
      option,
      drives.has(option)
        ? drives.get(option) === 'cloudinit'
          ? `${String(value).split(':', 1)[0]}:cloudinit`
          : String(value).replace(/^([^:]+):[^,]*/, '$1')
        : withoutMac(option, String(value)),
    ]);
  return Object.fromEntries(
    [...Object.entries(facts), ...options]
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => [field, String(value)]),
  );
}

function withoutMac(option: string, value: string): string {
  return /^net\d+$/.test(option) ? value.replace(/=(?:[0-9A-F]{2}:){5}[0-9A-F]{2}\b/i, '') : value;
}
