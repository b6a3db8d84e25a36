import type { Guest, ImpactItem, Inventory, Plan, PveReader, Step } from '@pmx-cli/kit';

import { type Backup, readBackups } from '../backup/read.js';
import { chooseStorage } from '../shared/places.js';
import { guestLabel, kindOf } from './kind.js';

export interface BackupRequest {
  storage: string | undefined;
  mode: 'snapshot' | 'suspend' | 'stop';
  compress: string;
  notes: string | ((guest: Guest) => string);
  protected: boolean;
  /** So many of each guest stay; older ones go once the new one is there. */
  keep: number | undefined;
}

export interface BackupResult {
  vmid: number;
  name: string;
  node: string;
  storage: string;
  volid: string;
  sizeBytes: number | null;
  pruned: string[];
}

export const usualBackup = {
  mode: 'snapshot',
  compress: 'zstd',
  notes: '{{guestname}}',
  protected: false,
} as const;

/** @throws RequestError `PMX_STORAGE_…` */
export async function planBackups(
  pve: PveReader,
  inventory: Inventory,
  guests: readonly Guest[],
  request: BackupRequest,
): Promise<Plan[]> {
  const { storageOn, storages } = await backupTargets(inventory, guests, request.storage);
  const older =
    request.keep === undefined
      ? []
      : (
          await Promise.all(
            storages.map(({ storage, node }) => readBackups(pve, inventory, { storage, node })),
          )
        ).flat();
  return guests.map((guest) => planOne(guest, storageOn(guest), request, older));
}

/** Where the backups of guests go, chosen once for each node. */
export async function backupTargets(
  inventory: Inventory,
  guests: readonly Guest[],
  asked: string | undefined,
): Promise<{
  storageOn: (guest: Guest) => string;
  storages: Array<{ storage: string; node: string }>;
}> {
  const nodes = [...new Set(guests.map(({ node }) => node))];
  const chosen = await Promise.all(
    nodes.map((node) => chooseStorage(inventory, node, 'backup', asked)),
  );
  const byNode = new Map(nodes.map((node, index) => [node, chosen[index]!.storage]));
  return {
    storageOn: ({ node }) => byNode.get(node)!,
    storages: nodes.map((node) => ({ node, storage: byNode.get(node)! })),
  };
}

function planOne(
  guest: Guest,
  storage: string,
  request: BackupRequest,
  all: readonly Backup[],
): Plan {
  const target = guestLabel(guest);
  const older = all.filter(
    (backup) =>
      backup.vmid === guest.vmid &&
      backup.type === guest.type &&
      backup.storage === storage &&
      !backup.protected,
  );
  // The new one is the first of those that stay.
  const stays = request.keep === undefined ? older.length : request.keep - 1;
  const pruned = older.slice(stays);
  const items = (backups: readonly Backup[]): ImpactItem[] =>
    backups.map(({ volid }) => ({ what: 'older backup', name: volid, detail: `of ${target}` }));
  return {
    operation: `${kindOf(guest).topic}.backup`,
    target,
    title: `Back ${target} up to ${storage}`,
    steps: [
      backupStep(guest, storage, request),
      ...pruned.map((backup) => removalStep({ ...backup, node: guest.node })),
    ],
    variables: { archive: null, size: null },
    ...(pruned.length > 0 && {
      impact: { removes: items(pruned), keeps: items(older.slice(0, stays)) },
    }),
    result: {
      vmid: guest.vmid,
      name: guest.name,
      node: guest.node,
      storage,
      volid: { $var: 'archive' },
      sizeBytes: { $var: 'size' },
      pruned: pruned.map(({ volid }) => volid),
    },
  };
}

/** Binds `archive` and `size`; a plan with this step gives both a first value. */
export function backupStep(
  guest: Guest,
  storage: string,
  { mode, compress, notes, protected: keep }: Omit<BackupRequest, 'storage' | 'keep'>,
): Step {
  const { type, node, vmid } = guest;
  const target = guestLabel(guest);
  return {
    id: 'backup',
    title: `Back ${target} up to ${storage}`,
    kind: 'pve.backup',
    args: {
      ...{ type, node, vmid, storage, mode, compress, protected: keep },
      notes: typeof notes === 'string' ? notes : notes(guest),
    },
    bind: { archive: 'volid', size: 'sizeBytes' },
    undo: [
      {
        title: `Remove the backup of ${target}`,
        kind: 'pve.discard-backup',
        args: { node, vmid, storage },
      },
    ],
  };
}

export function removalStep({
  node,
  storage,
  volid,
}: Pick<Backup, 'node' | 'storage' | 'volid'>): Step {
  return {
    id: `remove-${volid}`,
    title: `Delete backup ${volid}`,
    kind: 'pve.call',
    destructive: true,
    args: {
      method: 'DELETE',
      path: `/nodes/${node}/storage/${storage}/content/${encodeURIComponent(volid)}`,
    },
  };
}
