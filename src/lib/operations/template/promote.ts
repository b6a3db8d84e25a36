import {
  type Guest,
  type Inventory,
  type Plan,
  type PveReader,
  ref,
  type Step,
} from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { guestLabel, guestPath } from '../guest/kind.js';
import { readConfig } from '../guest/reads.js';
import { tagsAfter } from '../guest/tag.js';
import { inParallel } from '../shared/parallel.js';
import { familyOf } from './read.js';
import { isLatest, latestTag, versionOf } from './record.js';

export interface PromoteResult {
  name: string;
  vmid: number;
  version: string;
  /** The version that was `latest` before. */
  before: string | null;
  changed: boolean;
}

/**
 * From now on the bare name of a template means this version.
 * @throws RequestError `PMX_NO_VERSION`
 */
export async function planPromote(
  pve: PveReader,
  inventory: Inventory,
  template: Guest,
  verb: 'promote' | 'rollback' = 'promote',
): Promise<Plan> {
  const version = versionOf(template);
  if (version === undefined) throw noVersion(template);
  const family = familyOf(await inventory.freshGuests(), template);
  const copies = family.filter((guest) => versionOf(guest) === version);
  const older = family.filter((guest) => isLatest(guest) && !copies.includes(guest));
  const steps = [
    // First the new one: in between two are latest, and the newer one of them is meant.
    ...(await tagSteps(
      pve,
      copies.filter((guest) => !isLatest(guest)),
      true,
    )),
    ...(await tagSteps(pve, older, false)),
  ];
  const [previous] = older;
  return {
    operation: `template.${verb}`,
    target: `template ${template.name}`,
    title: `Let ${template.name} mean version ${version} (${template.vmid})`,
    steps,
    variables: Object.fromEntries(steps.map(({ id }) => [id, null])),
    ...(steps.length === 0 && {
      notes: [`${template.name}@${version} is what ${template.name} means already.`],
    }),
    result: {
      name: template.name,
      vmid: template.vmid,
      version,
      before: previous ? versionOf(previous)! : null,
      changed: steps.length > 0,
    },
  };
}

/** The version before the one that is latest. @throws RequestError `PMX_NO_OLDER_VERSION` */
export async function olderVersion(inventory: Inventory, template: Guest): Promise<Guest> {
  if (versionOf(template) === undefined) throw noVersion(template);
  const family = familyOf(await inventory.freshGuests(), template);
  const current = family.findIndex(isLatest);
  const version = versionOf(family[current] ?? template);
  const older = family.slice(current + 1).find((guest) => versionOf(guest) !== version);
  if (older) return older;
  throw new RequestError({
    code: 'PMX_NO_OLDER_VERSION',
    message: `Template ${template.name} has no version before ${version}.`,
    hints: [`Its versions: ${family.map((guest) => versionOf(guest)).join(', ')}`],
  });
}

/** Gives guests the tag `latest`, or takes it away. Undo restores the tags of now. */
export async function tagSteps(
  pve: PveReader,
  guests: readonly Guest[],
  latest: boolean,
): Promise<Step[]> {
  return inParallel(guests, async (guest): Promise<Step> => {
    const now = String((await readConfig(pve, guest))['tags'] ?? '');
    const tags = tagsAfter(now.split(';').filter(Boolean), {
      add: latest ? [latestTag] : [],
      remove: latest ? [] : [latestTag],
    });
    const id = `${latest ? 'promote' : 'retire'}-${guest.vmid}`;
    const args = {
      path: guestPath(guest),
      set: { tags: tags.join(';') },
      before: { tags: now === '' ? null : now },
    };
    return {
      id,
      title: `${latest ? 'Tag' : 'Take the tag'} ${latestTag}${latest ? '' : ' from'} ${guestLabel(guest)}`,
      kind: 'pve.configure',
      args,
      bind: { [id]: 'after' },
      undo: [
        {
          title: `Restore the tags of ${guestLabel(guest)}`,
          kind: 'pve.restore-config',
          args: { ...args, after: ref(id) },
        },
      ],
    };
  });
}

export function noVersion({ vmid, name, node, tags }: Guest): RequestError {
  return new RequestError({
    code: 'PMX_NO_VERSION',
    message: `Template ${vmid} (${name}) has no version.`,
    hints: [
      'Versions are given when a template is made: pmx template create … --version 2026.11.20',
      `Or by a tag: pmx api put /nodes/${node}/qemu/${vmid}/config tags='${[...tags, 'version-1'].join(';')}'`,
    ],
  });
}
