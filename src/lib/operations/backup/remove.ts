import type { Inventory, Plan, PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { removalStep } from '../guest/backup.js';
import { inParallel } from '../shared/parallel.js';
import { type Backup, backupsOfWords, backupStorages, findBackup } from './read.js';

export interface BackupRemovalResult {
  removed: string[];
  kept: string[];
}

/**
 * Named archives go.
 * @throws RequestError `PMX_ARCHIVE_NOT_FOUND`, `PMX_BACKUP_PROTECTED`
 */
export async function planBackupDelete(
  pve: PveReader,
  inventory: Inventory,
  words: readonly string[],
): Promise<Plan> {
  const found = await inParallel([...new Set(words)], (word) => findBackup(pve, inventory, word));
  const backups = [...new Map(found.map((backup) => [backup.volid, backup])).values()];
  const kept = backups.filter((backup) => backup.protected);
  if (kept.length > 0) {
    const [{ node, storage, volid }] = kept as [Backup];
    throw new RequestError({
      code: 'PMX_BACKUP_PROTECTED',
      message: `Protected, so nothing is deleted: ${kept.map((backup) => backup.volid).join(', ')}.`,
      hints: [
        'Leave them out.',
        `Or lift the protection: pmx api put /nodes/${node}/storage/${storage}/content/${volid} protected=0`,
      ],
    });
  }
  return removalPlan('backup.delete', backups, []);
}

/** Retention, as PVE's options name it. */
export type Retention = Partial<
  Record<'last' | 'hourly' | 'daily' | 'weekly' | 'monthly' | 'yearly', number>
>;

/**
 * What the server's own rules mark for removal goes, archive by archive: exactly what was shown.
 * @throws RequestError `PMX_PRUNE_UNBOUNDED`
 */
export async function planBackupPrune(
  pve: PveReader,
  inventory: Inventory,
  words: readonly string[],
  storage: string | undefined,
  keep: Retention,
): Promise<Plan> {
  const rules = Object.entries(keep).filter(([, count]) => count !== undefined);
  if (!rules.some(([, count]) => count > 0)) {
    throw new RequestError({
      code: 'PMX_PRUNE_UNBOUNDED',
      message: 'Which backups stay? No --keep option is given, so all of them would go.',
      hints: ['For example: pmx backup prune --keep-last 3 --keep-daily 7 --dry-run'],
    });
  }
  const options = rules.map(([unit, count]) => `keep-${unit}=${count}`).join(',');
  const [backups, storages] = await Promise.all([
    backupsOfWords(pve, inventory, words, { storage }),
    backupStorages(inventory, { storage }),
  ]);
  const lists = await inParallel(storages, ({ node, storage: name }) =>
    pve.get<Array<{ volid: string; mark: string }>>(`/nodes/${node}/storage/${name}/prunebackups`, {
      'prune-backups': options,
    }),
  );
  const marks = new Map(lists.flat().map(({ volid, mark }) => [volid, mark]));
  const goes = backups.filter(({ volid }) => marks.get(volid) === 'remove');
  const stays = backups.filter((backup) => !goes.includes(backup));
  return removalPlan('backup.prune', goes, stays);
}

function removalPlan(operation: string, goes: readonly Backup[], stays: readonly Backup[]): Plan {
  const count = `${goes.length} backup${goes.length === 1 ? '' : 's'}`;
  return {
    operation,
    target: goes.length === 1 ? goes[0]!.volid : count,
    title: goes.length === 1 ? `Delete backup ${goes[0]!.volid}` : `Delete ${count}`,
    steps: goes.map(removalStep),
    impact: {
      removes: goes.map(({ volid }) => ({ what: 'backup', name: volid })),
      keeps: stays.map((backup) => ({
        what: 'backup',
        name: backup.volid,
        ...(backup.protected && { detail: 'protected' }),
      })),
    },
    result: {
      removed: goes.map(({ volid }) => volid),
      kept: stays.map(({ volid }) => volid),
    },
  };
}
