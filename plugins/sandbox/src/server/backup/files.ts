import { lstat, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure } from '../errors.js';
import type { Volume } from '../storage/volumes.js';
import { directoryOf, parseVolume } from '../storage/volumes.js';
import { ARCHIVE, parseBackupName } from './names.js';
import type { BackupName } from './names.js';

export interface Backup {
  volume: Volume;
  /** From the name, for those that vzdump has named. */
  named: BackupName | undefined;
  format: string;
  size: number;
  ctime: number;
  notes: string | undefined;
  protected: boolean;
}

/** The file with an archive's notes, its log or its protection; log and notes lie beside it under its stem. */
function beside(app: App, node: string, volume: Volume, extension: string): string {
  const path = app.storages.path(node, volume);
  return extension === 'log' ? path.replace(ARCHIVE, '.log') : `${path}.${extension}`;
}

/** Is the archive protected against removal? */
export async function isProtected(app: App, node: string, volume: Volume): Promise<boolean> {
  return lstat(beside(app, node, volume, 'protected')).then(
    () => true,
    () => false,
  );
}

export async function notesOf(app: App, node: string, volume: Volume): Promise<string | undefined> {
  return readFile(beside(app, node, volume, 'notes'), 'utf8').catch(() => undefined);
}

/** Sets or removes an archive's notes and its protection. */
export async function setAttributes(
  app: App,
  node: string,
  volume: Volume,
  change: { notes?: string; protected?: boolean },
): Promise<void> {
  if (change.notes !== undefined) {
    const path = beside(app, node, volume, 'notes');
    if (change.notes === '') await rm(path, { force: true });
    else await writeFile(path, change.notes);
  }
  if (change.protected === undefined) return;
  const path = beside(app, node, volume, 'protected');
  if (change.protected) await writeFile(path, '');
  else await rm(path, { force: true });
}

/** Removes an archive with its notes and its log; false when it was not there. */
export async function removeBackup(app: App, node: string, volume: Volume): Promise<boolean> {
  if (await isProtected(app, node, volume))
    throw failure(`cannot remove protected volume '${volume.volname}' on '${volume.storage}'`);
  const there = await app.images.free(node, volume.volid);
  for (const extension of ['notes', 'log'])
    await rm(beside(app, node, volume, extension), { force: true });
  return there;
}

/** The archives on a storage. */
export async function backupsOn(app: App, node: string, storage: string): Promise<Backup[]> {
  const directory = join(app.storages.root(node, storage), directoryOf('backup'));
  const backups: Backup[] = [];
  for (const name of (await readdir(directory).catch(() => [])).sort()) {
    const format = ARCHIVE.exec(name)?.[1];
    const found = await lstat(join(directory, name)).catch(() => undefined);
    if (format === undefined || name.startsWith('.') || !found?.isFile()) continue;
    const volume = parseVolume(`${storage}:backup/${name}`);
    const named = parseBackupName(name);
    backups.push({
      volume,
      named,
      format,
      size: found.size,
      ctime: named?.ctime ?? Math.floor(found.ctimeMs / 1000),
      notes: await notesOf(app, node, volume),
      protected: await isProtected(app, node, volume),
    });
  }
  return backups;
}

/** May the caller use this archive? Its owner's VM.Backup and room on the storage are enough. */
export function mayUseBackup(app: App, who: Identity, storage: string, name: string): boolean {
  const path = `/storage/${storage}`;
  if (app.acl.has(who, path, ['Datastore.Allocate'])) return true;
  const vmid = parseBackupName(name)?.vmid;
  return (
    app.acl.has(who, path, ['Datastore.AllocateSpace']) &&
    vmid !== undefined &&
    app.acl.has(who, `/vms/${vmid}`, ['VM.Backup'])
  );
}

/** The archives in the storage's list of content. */
export async function backupRows(
  app: App,
  who: Identity,
  node: string,
  storage: string,
  vmid: number | undefined,
): Promise<Record<string, unknown>[]> {
  return (await backupsOn(app, node, storage))
    .filter(({ named }) => vmid === undefined || named?.vmid === vmid)
    .filter(({ volume }) => mayUseBackup(app, who, storage, volume.name))
    .map((backup) => ({
      volid: backup.volume.volid,
      content: 'backup',
      format: backup.format,
      size: backup.size,
      ctime: backup.ctime,
      subtype: backup.named?.kind ?? 'unknown',
      ...(backup.named ? { vmid: backup.named.vmid } : {}),
      ...(backup.notes === undefined ? {} : { notes: backup.notes }),
      ...(backup.protected ? { protected: 1 } : {}),
    }));
}
