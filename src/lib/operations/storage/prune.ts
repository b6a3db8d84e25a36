import { type ImpactItem, type Inventory, type Plan, type PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { requireStorage, findStorage } from '../shared/places.js';

export const keepKinds = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
export type KeepKind = (typeof keepKinds)[number];

export interface PruneRequest {
  storage: string;
  node?: string;
  /** None of them: as the storage is configured. */
  keep: Partial<Record<KeepKind, number>>;
  vmid?: number;
  type?: 'qemu' | 'lxc';
}

export interface PruneResult {
  storage: string;
  node: string;
  removed: string[];
  kept: string[];
}

interface Marked {
  volid: string;
  mark: 'keep' | 'remove' | 'protected' | 'renamed';
  ctime: number;
  vmid?: number;
}

const reasons: Readonly<Record<string, string>> = {
  keep: 'kept by the rules',
  protected: 'protected',
  renamed: 'its name is not one of a backup',
};

/** What the server itself would prune. @throws RequestError `PMX_STORAGE_…`, `PMX_KEEP_NOTHING` */
export async function planPrune(
  pve: PveReader,
  inventory: Inventory,
  { storage, node: asked, keep, vmid, type }: PruneRequest,
): Promise<Plan> {
  refuseKeepNothing(keep);
  const { node } = await findStorage(inventory, storage, asked);
  await requireStorage(inventory, node, storage, 'backup');
  const path = `/nodes/${node}/storage/${storage}/prunebackups`;
  const rules = keepKinds
    .filter((kind) => keep[kind] !== undefined)
    .map((kind) => `keep-${kind}=${keep[kind]}`)
    .join(',');
  const params = {
    ...(rules !== '' && { 'prune-backups': rules }),
    ...(vmid !== undefined && { vmid }),
    ...(type !== undefined && { type }),
  };
  const rows = await pve.get<Marked[]>(path, params);
  const removes = rows.filter(({ mark }) => mark === 'remove');
  const keeps = rows.filter(({ mark }) => mark !== 'remove');
  return {
    operation: 'storage.prune',
    target: `storage ${storage}`,
    title: `Delete ${removes.length} of ${rows.length} backups on ${storage}`,
    steps:
      removes.length === 0
        ? []
        : [
            {
              id: 'prune',
              title: `Delete ${removes.length} backups on ${storage}`,
              kind: 'pve.call',
              destructive: true,
              args: {
                method: 'DELETE',
                path,
                params,
                lookup: {
                  type: 'prunebackups',
                  id: vmid === undefined ? storage : `${vmid}@${storage}`,
                },
              },
            },
          ],
    impact: { removes: removes.map(itemOf), keeps: keeps.map(itemOf) },
    ...(removes.length === 0 && { notes: [`Nothing on ${storage} is to be pruned.`] }),
    result: {
      storage,
      node,
      removed: removes.map(({ volid }) => volid),
      kept: keeps.map(({ volid }) => volid),
    },
  };
}

function itemOf({ volid, mark, ctime }: Marked): ImpactItem {
  const made = `${new Date(ctime * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const detail = [made, reasons[mark]].filter(Boolean).join(', ');
  return { what: 'backup', name: volid, detail };
}

/** Zero everywhere means "keep all" to PVE, the opposite of what it looks like. */
function refuseKeepNothing(keep: PruneRequest['keep']): void {
  const given = Object.values(keep);
  if (given.length === 0 || given.some((count) => count > 0)) return;
  throw new RequestError({
    code: 'PMX_KEEP_NOTHING',
    message: 'To keep 0 of everything is no rule: Proxmox VE would keep all.',
    hints: [
      'Say how many are to stay, for example: --keep-last 3',
      'Delete single ones: pmx storage delete VOLID',
    ],
  });
}
