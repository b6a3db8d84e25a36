import type { Guest, Inventory, PveReader, Storage } from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

import { withoutMarker } from '../shared/marker.js';
import { inParallel } from '../shared/parallel.js';

export interface Backup {
  volid: string;
  storage: string;
  /** A node that has the storage. */
  node: string;
  type: Guest['type'];
  vmid: number;
  createdSeconds: number | undefined;
  sizeBytes: number | undefined;
  protected: boolean;
  /** Of a Proxmox Backup Server: what its last verification found. */
  verified: 'ok' | 'failed' | undefined;
  encrypted: boolean;
  notes: string;
}

interface Row {
  volid: string;
  subtype?: string;
  vmid?: number | string;
  ctime?: number | string;
  size?: number | string;
  protected?: number | boolean;
  verification?: { state?: string };
  encrypted?: string;
  notes?: string;
}

export interface BackupQuery {
  storage?: string | undefined;
  node?: string | undefined;
  /** Only of these. */
  vmids?: readonly number[] | undefined;
  /** A storage that cannot be read: told here, else fatal. */
  onUnreadable?: ((storage: string, message: string) => void) | undefined;
}

/** Backups on all storages that hold some, the newest first. */
export async function readBackups(
  pve: PveReader,
  inventory: Inventory,
  query: BackupQuery = {},
): Promise<Backup[]> {
  const storages = await backupStorages(inventory, query);
  const lists = await inParallel(storages, async ({ node, storage }) => {
    try {
      const rows = await pve.get<Row[]>(`/nodes/${node}/storage/${storage}/content`, {
        content: 'backup',
        // PVE filters by one guest only.
        vmid: query.vmids?.length === 1 ? query.vmids[0] : undefined,
      });
      return rows.map((row) => backupOf(row, node, storage));
    } catch (error) {
      if (!query.onUnreadable || !isPmxError(error) || error.exitCode === 130) throw error;
      query.onUnreadable(storage, error.message);
      return [];
    }
  });
  return lists
    .flat()
    .filter(({ vmid }) => query.vmids === undefined || query.vmids.includes(vmid))
    .sort((a, b) => (b.createdSeconds ?? 0) - (a.createdSeconds ?? 0));
}

/** @throws RequestError `PMX_STORAGE_NOT_FOUND`, `PMX_STORAGE_LACKS_CONTENT` */
export async function backupStorages(
  inventory: Inventory,
  { storage: asked, node }: BackupQuery,
): Promise<Storage[]> {
  const all = await inventory.storages(node);
  if (asked !== undefined) {
    const { findStorage, requireStorage } = await import('../shared/places.js');
    const found = await findStorage(inventory, asked, node);
    await requireStorage(inventory, found.node, asked, 'backup');
  }
  const distinct = new Map<string, Storage>();
  for (const storage of all) {
    const fits = asked === undefined || storage.storage === asked;
    if (!fits || !storage.active || !storage.content.includes('backup')) continue;
    const key = storage.shared ? storage.storage : `${storage.node}/${storage.storage}`;
    if (!distinct.has(key)) distinct.set(key, storage);
  }
  return [...distinct.values()];
}

function backupOf(row: Row, node: string, storage: string): Backup {
  const state = row.verification?.state;
  return {
    volid: row.volid,
    storage,
    node,
    type: typeOfArchive(row.volid, row.subtype),
    vmid: Number(row.vmid ?? /(?:qemu-|lxc-|\/vm\/|\/ct\/)(\d+)/.exec(row.volid)?.[1] ?? NaN),
    createdSeconds: row.ctime === undefined ? undefined : Number(row.ctime),
    sizeBytes: row.size === undefined ? undefined : Number(row.size),
    protected: Number(row.protected ?? 0) === 1,
    verified: state === undefined ? undefined : state === 'ok' ? 'ok' : 'failed',
    encrypted: row.encrypted !== undefined,
    notes: withoutMarker(row.notes ?? ''),
  };
}

function typeOfArchive(volid: string, subtype: string | undefined): Guest['type'] {
  if (subtype === 'lxc' || subtype === 'qemu') return subtype;
  return /\bvzdump-(?:lxc|openvz)-|backup\/ct\//.test(volid) ? 'lxc' : 'qemu';
}

export function isVolid(word: string): boolean {
  return /^[\w.-]+:backup\//.test(word);
}

/**
 * `local:backup/vzdump-…`, or a guest's newest one: `101`, `web-01`, `web-01@latest`. A guest that is
 * gone is found by its number, or by the name in the notes.
 * @throws RequestError `PMX_ARCHIVE_NOT_FOUND`, `PMX_INVALID_BACKUP`
 */
export async function findBackup(
  pve: PveReader,
  inventory: Inventory,
  word: string,
  query: BackupQuery = {},
): Promise<Backup> {
  if (isVolid(word)) {
    const storage = word.slice(0, word.indexOf(':'));
    const found = (await readBackups(pve, inventory, { ...query, storage })).find(
      ({ volid }) => volid === word,
    );
    if (found) return found;
    throw notFound(`There is no backup '${word}'.`);
  }
  const [name = '', which, ...rest] = word.split('@');
  if (rest.length > 0 || (which !== undefined && which !== 'latest')) {
    throw new RequestError({
      code: 'PMX_INVALID_BACKUP',
      message: `'${word}' names no backup: behind @ only latest is possible.`,
      hints: [
        'Name the archive itself: pmx backup list shows them, and pmx backup list -o name only their names.',
      ],
    });
  }
  const [newest] = await backupsOfWords(pve, inventory, [name], query);
  if (newest) return newest;
  throw notFound(`There is no backup of '${name}'.`);
}

function notFound(message: string): RequestError {
  return new RequestError({
    code: 'PMX_ARCHIVE_NOT_FOUND',
    message,
    hints: ['See what there is: pmx backup list', 'Storages that you may not see are left out.'],
  });
}

/** Backups of guests by number or name; without a word of all of them. */
export async function backupsOfWords(
  pve: PveReader,
  inventory: Inventory,
  words: readonly string[],
  query: BackupQuery,
): Promise<Backup[]> {
  if (words.length === 0) return readBackups(pve, inventory, query);
  const numbers = words.filter((word) => /^\d+$/.test(word)).map(Number);
  const names = words.filter((word) => !/^\d+$/.test(word));
  if (names.length === 0) return readBackups(pve, inventory, { ...query, vmids: numbers });
  const guests = (await inventory.freshGuests()).filter(({ name }) => names.includes(name));
  const vmids = new Set([...numbers, ...guests.map(({ vmid }) => vmid)]);
  return (await readBackups(pve, inventory, query)).filter(
    ({ vmid, notes }) => vmids.has(vmid) || names.includes(notes.split('\n')[0]!),
  );
}
