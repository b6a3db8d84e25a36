import type { Paths } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { canonicalName, isMapping } from '../../config/files/canonical.js';
import { profileFields } from '../../config/schema/profile-fields.js';
import { parseValue, type SettingValue } from '../../config/schema/spec.js';
import { closest } from '../../inventory/closest.js';
import { openConfiguration } from '../config/open.js';

export type ProfileValues = Record<string, SettingValue>;

export interface Profile {
  name: string;
  /** The file that says so; the nearest one counts as a whole. */
  source: string;
  values: ProfileValues;
}

/** @throws RequestError `PMX_INVALID_PROFILE`, `PMX_INVALID_SETTING` */
export async function readProfiles(paths: Paths): Promise<Profile[]> {
  const configuration = openConfiguration({ paths });
  const found = new Map<string, Profile>();
  for (const { path, data } of await configuration.sources()) {
    const { profiles } = data;
    if (!isMapping(profiles)) continue;
    for (const [name, raw] of Object.entries(profiles)) {
      if (found.has(name)) continue;
      found.set(name, { name, source: path, values: checkProfile(name, raw, path) });
    }
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** @throws RequestError `PMX_PROFILE_NOT_FOUND` */
export async function findProfile(paths: Paths, name: string): Promise<Profile> {
  const profiles = await readProfiles(paths);
  const found = profiles.find((profile) => profile.name === name);
  if (found) return found;
  const names = profiles.map((profile) => profile.name);
  const [offer] = closest(name, names);
  throw new RequestError({
    code: 'PMX_PROFILE_NOT_FOUND',
    message: `There is no profile '${name}'.`,
    hints: [
      ...(offer === undefined ? [] : [`Did you mean '${offer}'?`]),
      names.length > 0 ? `There are: ${names.join(', ')}.` : 'There is none yet.',
      `Make it: pmx vm profile set ${name} memory=4G cores=2`,
    ],
  });
}

export async function profileNamed(paths: Paths, name: string): Promise<ProfileValues> {
  return (await findProfile(paths, name)).values;
}

/** @throws RequestError `PMX_INVALID_PROFILE`, `PMX_INVALID_SETTING` */
export function checkProfile(name: string, raw: unknown, source: string): ProfileValues {
  if (!isMapping(raw)) throw refuse(name, `it is no mapping (${source})`);
  return Object.fromEntries(
    Object.entries(raw).map(([field, value]) => {
      const key = canonicalName(field);
      return [key, parseValue(`profiles.${name}.${key}`, specOf(name, key), textOf(value), source)];
    }),
  );
}

/** YAML reads `memory: 2048` as a number; sizes are texts. */
function textOf(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}

/** @throws RequestError `PMX_INVALID_PROFILE` */
export function specOf(name: string, field: string) {
  if (Object.hasOwn(profileFields, field)) return profileFields[field]!;
  const [offer] = closest(field, Object.keys(profileFields));
  throw refuse(
    name,
    `'${field}' is nothing that a profile says`,
    offer === undefined
      ? 'pmx vm profile set --help lists the fields.'
      : `Did you mean '${offer}'?`,
  );
}

function refuse(name: string, what: string, ...hints: string[]): RequestError {
  return new RequestError({
    code: 'PMX_INVALID_PROFILE',
    message: `Profile '${name}' is not valid: ${what}.`,
    hints: [...hints, 'For example: pmx vm profile set db memory=8G cores=4 template=debian-12'],
  });
}
