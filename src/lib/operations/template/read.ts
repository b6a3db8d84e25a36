import type { Guest, Inventory, PveReader } from '@pmx-cli/kit';

import { ownNotes, templateOf } from '../declare/notes.js';
import { drivesOf, type GuestConfig } from '../shared/guest-config.js';
import { inParallel } from '../shared/parallel.js';
import { readConfig } from '../shared/read-configs.js';
import { compareVersions, isLatest, readRecord, type TemplateRecord, versionOf } from './record.js';

export interface TemplateRow extends Guest {
  version: string | null;
  latest: boolean;
}

export function templateRow(guest: Guest): TemplateRow {
  return { ...guest, version: versionOf(guest) ?? null, latest: isLatest(guest) };
}

/** `debian-13@2026.11.20`, or the bare name. */
export function templateReference({ name, vmid, ...guest }: Guest): string {
  const version = versionOf(guest);
  if (name === '') return String(vmid);
  return version === undefined ? name : `${name}@${version}`;
}

export interface TemplateClone {
  vmid: number;
  name: string;
  node: string;
  /** A linked clone reads the template's disks; without one the notes alone tell. */
  linked: boolean;
}

export interface TemplateDetails extends TemplateRow {
  source: string | null;
  sha256: string | null;
  made: string | null;
  catalog: string | null;
  recipe: NonNullable<TemplateRecord['recipe']>;
  notes: string;
  clones: TemplateClone[];
  /** Other versions of the same name, the newest first. */
  versions: Array<{ vmid: number; version: string; latest: boolean }>;
  config: Record<string, string | number>;
}

export async function showTemplate(
  pve: PveReader,
  inventory: Inventory,
  template: Guest,
): Promise<TemplateDetails> {
  const guests = await inventory.freshGuests();
  const [config, uses] = await Promise.all([
    readConfig(pve, template),
    readUses(pve, guests, [template]),
  ]);
  const { source, sha256, made, catalog, recipe } = readRecord(config?.['description']);
  return {
    ...templateRow(template),
    source: source ?? null,
    sha256: sha256 ?? null,
    made: made ?? null,
    catalog: catalog ?? null,
    recipe: recipe ?? {},
    notes: ownNotes(config?.['description']),
    clones: uses.get(template.vmid) ?? [],
    versions: familyOf(guests, template).map((guest) => ({
      vmid: guest.vmid,
      version: versionOf(guest)!,
      latest: isLatest(guest),
    })),
    config: config as Record<string, string | number>,
  };
}

/** All versions of a template's name, the newest first. */
export function familyOf(
  guests: readonly Guest[],
  { name, type }: Pick<Guest, 'name' | 'type'>,
): Guest[] {
  return guests
    .filter((guest) => guest.template && guest.type === type && versionOf(guest) !== undefined)
    .filter((guest) => guest.name.toLowerCase() === name.toLowerCase())
    .sort((a, b) => compareVersions(versionOf(b)!, versionOf(a)!) || a.vmid - b.vmid);
}

/** The VMs that were made from each of these templates; every VM's configuration is read once. */
export async function readUses(
  pve: PveReader,
  guests: readonly Guest[],
  templates: readonly Guest[],
): Promise<Map<number, TemplateClone[]>> {
  const ids = new Set(templates.map(({ vmid }) => vmid));
  const uses = new Map<number, TemplateClone[]>();
  const others = guests.filter(({ type }) => type === 'qemu');
  await inParallel(others, async (guest) => {
    const config = await readConfig(pve, guest);
    for (const [vmid, linked] of basesOf(config ?? {})) {
      if (!ids.has(vmid) || vmid === guest.vmid) continue;
      const { vmid: id, name, node } = guest;
      uses.set(vmid, [...(uses.get(vmid) ?? []), { vmid: id, name, node, linked }]);
    }
  });
  for (const clones of uses.values()) clones.sort((a, b) => a.vmid - b.vmid);
  return uses;
}

/** Templates that a VM stands on (true), or was copied from. */
function basesOf(config: GuestConfig): Map<number, boolean> {
  const bases = new Map<number, boolean>();
  const copied = templateOf(config['description']);
  if (copied) bases.set(copied.vmid, false);
  for (const { volid } of drivesOf(config)) {
    const base = /\bbase(?:vol)?-(\d+)-disk-/.exec(volid)?.[1];
    if (base !== undefined) bases.set(Number(base), true);
  }
  return bases;
}
