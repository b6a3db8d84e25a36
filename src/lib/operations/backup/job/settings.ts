import type { Inventory, PveReader } from '@pmx-cli/kit';
import { invalid, parseVmid } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { findStorage, requirePool, requireStorage } from '../../shared/places.js';
import type { Retention } from '../remove.js';
import { parseSchedule } from './calendar.js';

/** What a person says about a job; what is left out stays as it is. */
export interface JobWishes {
  schedule?: string | undefined;
  all?: boolean | undefined;
  /** `101,102`, each may hold several. */
  vmid?: readonly string[] | undefined;
  pool?: string | undefined;
  exclude?: readonly string[] | undefined;
  node?: string | undefined;
  storage?: string | undefined;
  mode?: string | undefined;
  compress?: string | undefined;
  keep?: Retention | undefined;
  notes?: string | undefined;
  comment?: string | undefined;
  enabled?: boolean | undefined;
  protected?: boolean | undefined;
  repeatMissed?: boolean | undefined;
}

export type JobParams = Record<string, string | number | boolean>;

/** Options that say which guests; one of them rules the others out. */
export const selectionOptions = ['all', 'vmid', 'pool', 'exclude'] as const;

/** @throws RequestError `PMX_INVALID_JOB_NAME` */
export function parseJobName(value: string): string {
  if (!/^[a-z][a-z0-9_-]{1,49}$/i.test(value)) {
    throw invalid(
      'PMX_INVALID_JOB_NAME',
      'Name of a backup job',
      value,
      'it must be 2 to 50 letters, digits, _ and -, beginning with a letter',
      'For example: pmx backup job create nightly --schedule 02:00 --all --storage local',
    );
  }
  return value;
}

/**
 * Wishes as parameters of the API, each checked against what there is.
 * @throws RequestError `PMX_INVALID_SCHEDULE`, `PMX_BACKUP_JOB_GUESTS`, `PMX_INVALID_VMID`, `PMX_POOL_NOT_FOUND`,
 * `PMX_STORAGE_NOT_FOUND`, `PMX_STORAGE_LACKS_CONTENT`, `PMX_NODE_NOT_FOUND`
 */
export async function paramsOf(
  pve: PveReader,
  inventory: Inventory,
  wishes: JobWishes,
): Promise<JobParams> {
  refuseSelections(wishes);
  const { schedule, storage, node, pool, keep } = wishes;
  const checked = schedule === undefined ? undefined : parseSchedule(schedule);
  const vmids = wishes.vmid && idList(wishes.vmid);
  const exclude = wishes.exclude && idList(wishes.exclude);
  if (node !== undefined) await inventory.node(node);
  if (storage !== undefined) {
    const found = await findStorage(inventory, storage, node);
    await requireStorage(inventory, found.node, storage, 'backup');
  }
  if (pool !== undefined) await requirePool(pve, pool);
  const rules = Object.entries(keep ?? {}).map(([unit, count]) => `keep-${unit}=${count}`);
  return Object.fromEntries(
    Object.entries({
      schedule: checked,
      ...(wishes.all && { all: true }),
      vmid: vmids,
      pool,
      exclude,
      node,
      storage,
      mode: wishes.mode,
      compress: wishes.compress,
      ...(rules.length > 0 && { 'prune-backups': rules.join(',') }),
      // Proxmox VE keeps it on one line.
      'notes-template': wishes.notes?.replaceAll('\\', '\\\\').replaceAll('\n', String.raw`\n`),
      comment: wishes.comment,
      enabled: wishes.enabled,
      protected: wishes.protected,
      'repeat-missed': wishes.repeatMissed,
    }).filter(([, value]) => value !== undefined),
  ) as JobParams;
}

function idList(words: readonly string[]): string {
  const ids = words.flatMap((word) => word.split(',')).map((word) => word.trim());
  return [...new Set(ids.map(parseVmid))].join(',');
}

function refuseSelections({ all, vmid, pool, exclude }: JobWishes): void {
  const given = [
    ...(all ? ['--all'] : []),
    ...(vmid ? ['--vmid'] : []),
    ...(pool === undefined ? [] : ['--pool']),
  ];
  if (given.length > 1) throw guestsError(`${given.join(' and ')} rule each other out.`);
  if (exclude && vmid) throw guestsError('--exclude takes guests out of --all or --pool.');
}

export function guestsError(message: string): RequestError {
  return new RequestError({
    code: 'PMX_BACKUP_JOB_GUESTS',
    message,
    hints: ['Say one of: --all, --vmid 101,102, --pool POOL; --exclude 105 leaves some out.'],
  });
}
