import { invalid } from '@pmx-cli/kit';

import type { GuestKind } from '../kind.js';

const longest = 40;
/** PVE's `pve-configid`. */
const form = /^[a-z][a-z0-9_-]+$/i;
/** Names that PVE keeps for itself. */
const reserved: Readonly<Record<GuestKind['type'], readonly string[]>> = {
  qemu: ['current', 'pending'],
  lxc: ['current', 'pending', 'vzdump'],
};

/** @throws RequestError `PMX_INVALID_SNAPSHOT_NAME` */
export function checkSnapshotName(name: string, { type }: Pick<GuestKind, 'type'>): string {
  const rule = brokenRule(name, type);
  if (rule === undefined) return name;
  throw invalid(
    'PMX_INVALID_SNAPSHOT_NAME',
    'Snapshot name',
    name,
    rule,
    `For example: ${suggestion(name, type)}`,
    'Left out, the name is made from the time.',
  );
}

function brokenRule(name: string, type: GuestKind['type']): string | undefined {
  if (reserved[type].includes(name)) return 'Proxmox VE keeps this name for itself';
  if (name.length > longest) return `it has ${name.length} characters, and ${longest} are allowed`;
  if (!form.test(name))
    return 'it must begin with a letter and go on with at least one letter, digit, _ or -';
  return undefined;
}

function suggestion(name: string, type: GuestKind['type']): string {
  const cleaned = name
    .replaceAll(/[^a-z0-9_-]+/gi, '-')
    .replaceAll(/^[^a-z]+|-+$/gi, '')
    .slice(0, longest);
  return form.test(cleaned) && !reserved[type].includes(cleaned) ? cleaned : 'before-upgrade';
}

/** `snap-20261120-104233`, by the local clock. */
export function snapshotNameAt(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  return `snap-${day}-${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join('')}`;
}
