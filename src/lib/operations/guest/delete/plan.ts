import {
  type Guest,
  type ImpactItem,
  type Inventory,
  type Plan,
  type PveReader,
  ref,
  text,
} from '@pmx-cli/kit';

import type { Drive, GuestConfig } from '../../shared/guest-config.js';
import { inParallel } from '../../shared/parallel.js';
import { backupTargets } from '../backup.js';
import { guestLabel, kindOf } from '../kind.js';
import { backupItems } from './backups.js';
import { mayHaveIso, type OwnedIsos, ownedIsos } from './isos.js';
import { haSid, poolItem, purgedItems } from './references.js';
import { refuseClones, refuseProtected, refuseReferenced, refuseRunning } from './refusals.js';
import { deleteSteps } from './steps.js';
import { DeleteSurvey } from './survey.js';
import { bindMountsOf, isSameVolume, volumesOf } from './volumes.js';

export interface DeleteOptions {
  /** Cut the power of running guests first. */
  stop: boolean;
  /** ISOs that were made for a guest stay. */
  keepIso: boolean;
  /** Its backups go as well, except protected ones. */
  deleteBackups: boolean;
  /** Take it out of backup jobs, HA and replication. */
  purge: boolean;
  /** Make a backup first; without one nothing is deleted. */
  backupFirst?: { storage: string | undefined };
}

export interface DeleteResult {
  vmid: number;
  name: string;
  node: string;
  removed: string[];
  kept: string[];
  /** The backup that was made first. */
  backup?: string;
  /** The command that brings the guest back from it. */
  restore?: string;
}

/**
 * Everything that goes with each guest, and what stays and why.
 * @throws RequestError `PMX_VM_PROTECTED`, `PMX_VM_RUNNING`, `PMX_TEMPLATE_IN_USE`, `PMX_GUEST_REFERENCED`
 */
export async function planGuestDeletes(
  pve: PveReader,
  inventory: Inventory,
  guests: readonly Guest[],
  options: DeleteOptions,
): Promise<Plan[]> {
  if (!options.stop) refuseRunning(guests);
  const survey = new DeleteSurvey(pve, inventory, guests);
  const configs = await inParallel(guests, async (guest) =>
    survey.few || guest.template || (await mayHaveIso(survey, guest))
      ? ((await survey.config(guest)) ?? {})
      : undefined,
  );
  refuseProtected(guests.filter((_, index) => isProtected(configs[index])));
  const backups =
    options.backupFirst && (await backupTargets(inventory, guests, options.backupFirst.storage));
  const plans = await inParallel([...guests.entries()], ([index, guest]) =>
    planOne(survey, guest, configs[index], options, backups?.storageOn(guest)),
  );
  const [first, ...rest] = plans;
  if (first === undefined) return [];
  const notes = [...(await survey.references()).unseen, ...survey.notSeen, ...ofMany(survey)];
  return [{ ...first, notes }, ...rest];
}

function isProtected(config: GuestConfig | undefined): boolean {
  return Number(config?.['protection'] ?? 0) === 1;
}

function ofMany({ few }: DeleteSurvey): string[] {
  if (few) return [];
  return [
    'With so many guests not every configuration is read: disks are named as the storages list them, without slots; snapshots, firewall rules and ISOs that stay are not named. An ISO that was made for one of them goes unless another guest has it, too (--keep-iso keeps it). Proxmox VE refuses protected guests itself.',
  ];
}

async function planOne(
  survey: DeleteSurvey,
  guest: Guest,
  config: GuestConfig | undefined,
  options: DeleteOptions,
  backupStorage: string | undefined,
): Promise<Plan> {
  const { topic } = kindOf(guest);
  const target = guestLabel(guest);
  const drives = config && volumesOf(guest.type, config);
  const [references, backups, listed, rules, snapshots] = await Promise.all([
    survey.references(),
    survey.backupsOf(guest),
    survey.disksOf(guest),
    survey.firewallRules(guest),
    config ? survey.snapshots(guest, config) : [],
  ]);
  if (guest.template) await refuseLinked(survey, guest);
  const purged = purgedItems(references, guest);
  if (!options.purge) refuseReferenced(guest, blocking(purged));
  const isos: OwnedIsos = drives
    ? await ownedIsos(survey, guest, config, drives, options.keepIso)
    : { volumes: [], removes: [], keeps: [] };
  const archives = backupItems(backups, options.deleteBackups);
  const noun = guest.template ? 'template' : kindOf(guest).noun;
  const removes: ImpactItem[] = [
    { what: noun, name: target.slice(noun.length + 1) },
    ...(drives ?? []).filter(({ kind }) => kind !== 'cdrom').map((drive) => diskItem(drive, guest)),
    ...listed
      .filter(({ volid }) => !drives?.some((drive) => isSameVolume(drive.volid, volid)))
      .map(({ volid }) => (drives ? unreferenced(volid) : { what: 'disk', name: volid })),
    ...snapshots.map((name) => ({ what: 'snapshot', name })),
    ...(rules > 0 ? [{ what: 'firewall', name: `${rules} rule${rules === 1 ? '' : 's'}` }] : []),
    ...(options.purge ? purged : []),
    ...poolItem(references, guest),
    ...isos.removes,
    ...archives.removes,
  ];
  const keeps: ImpactItem[] = [
    ...isos.keeps,
    ...bindMountsOf(guest.type === 'lxc' ? (config ?? {}) : {}).map(({ slot, source }) => ({
      what: 'directory of the node',
      name: source,
      detail: slot,
    })),
    ...(options.purge ? [] : purged.map((item) => ({ ...item, detail: '--no-purge' }))),
    ...archives.keeps,
  ];
  return {
    operation: guest.template ? 'template.delete' : `${topic}.delete`,
    target,
    title: `Delete ${target} on node ${guest.node}`,
    ...(backupStorage !== undefined && { variables: { archive: null, size: null } }),
    steps: deleteSteps(guest, {
      backupStorage,
      managed: references.resources.some(
        ({ sid, state }) => sid === haSid(guest) && state !== 'ignored',
      ),
      purge: options.purge,
      isos: isos.volumes,
      archives: archives.goes,
    }),
    impact: { removes, keeps },
    result: {
      vmid: guest.vmid,
      name: guest.name,
      node: guest.node,
      removed: removes.map(itemName),
      kept: keeps.map(itemName),
      ...(backupStorage !== undefined && {
        backup: ref('archive'),
        restore: text`pmx backup restore ${ref('archive')} --vmid ${guest.vmid}`,
      }),
    },
  };
}

async function refuseLinked(survey: DeleteSurvey, template: Guest): Promise<void> {
  const base = new RegExp(`base(?:vol)?-${template.vmid}-disk-`);
  refuseClones(template, await survey.usersOf(template, (volid) => base.test(volid)));
}

/** PVE wants `purge` for these; entries in backup jobs just stay without it. */
function blocking(purged: readonly ImpactItem[]): string[] {
  return purged.filter(({ what }) => !/backup/.test(what)).map(itemName);
}

function diskItem({ kind, volid, size, slot }: Drive, { type }: Guest): ImpactItem {
  const disk = type === 'lxc' ? 'volume' : 'disk';
  return {
    what: kind === 'cloudinit' ? 'cloud-init drive' : kind === 'unused' ? `unused ${disk}` : disk,
    name: volid,
    detail: [slot, size].filter(Boolean).join(', '),
  };
}

function unreferenced(volid: string): ImpactItem {
  return {
    what: 'unreferenced disk',
    name: volid,
    detail: 'not in the configuration, but of this VMID',
  };
}

function itemName({ what, name }: ImpactItem): string {
  return `${what} ${name}`;
}
