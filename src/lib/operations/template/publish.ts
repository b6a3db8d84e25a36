import type { Inventory, PveReader, Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { familyOf } from './read.js';
import { tagSteps } from './promote.js';
import {
  isLatest,
  latestTag,
  parseVersion,
  versionOf,
  versionOfDay,
  versionTag,
} from './record.js';

export interface NewVersion {
  /** Undefined for a template without versions. */
  version: string | undefined;
  tags: string[];
  /** When the new template is there, the older versions are no longer latest. */
  retire: Step[];
  variables: Record<string, null>;
}

/**
 * What makes a new template a version of its name.
 * @param wanted a version, or `auto` for the day's; left out: none
 * @throws RequestError `PMX_VERSION_EXISTS`, `PMX_INVALID_VERSION`
 */
export async function newVersion(
  pve: PveReader,
  inventory: Inventory,
  {
    name,
    node,
    wanted,
    promote,
    retires = () => true,
  }: {
    name: string;
    node: string;
    wanted?: string;
    promote: boolean;
    /** Nodes whose older versions are seen to; all when left out. */
    retires?: ((node: string) => boolean) | undefined;
  },
): Promise<NewVersion> {
  if (wanted === undefined) return { version: undefined, tags: [], retire: [], variables: {} };
  const family = familyOf(await inventory.freshGuests(), { name, type: 'qemu' });
  const taken = family.map((guest) => versionOf(guest)!);
  const version = wanted === 'auto' ? versionOfDay(taken) : parseVersion(wanted);
  // A copy on another node is no second version.
  const twin = family.find((guest) => guest.node === node && versionOf(guest) === version);
  if (twin) {
    throw new RequestError({
      code: 'PMX_VERSION_EXISTS',
      message: `There is a template ${name}@${version} on node ${node} already: ${twin.vmid}.`,
      hints: ['Take another version, or --version auto for the next one of today.'],
      data: { vmid: twin.vmid },
    });
  }
  const older = promote
    ? family.filter(
        (guest) => isLatest(guest) && versionOf(guest) !== version && retires(guest.node),
      )
    : [];
  const retire = await tagSteps(pve, older, false);
  return {
    version,
    tags: [versionTag(version), ...(promote ? [latestTag] : [])],
    retire,
    variables: Object.fromEntries(retire.map(({ id }) => [id, null])),
  };
}
