import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, forbidden } from '../errors.js';
import { checkAllocate } from '../qemu/config-permissions.js';
import { kindOf } from '../qemu/vms.js';
import type { GuestKind, Vm } from '../state/model.js';
import { parseVolume } from '../storage/volumes.js';
import type { Volume } from '../storage/volumes.js';
import type { Task } from '../tasks/manager.js';
import type { Member, OpenArchive } from './archive.js';
import { mayUseBackup } from './files.js';
import { parseBackupName } from './names.js';
import type { Compression } from './names.js';

/** An archive that is there and that the caller may use. */
export interface FoundArchive {
  volume: Volume;
  path: string;
  compression: Compression;
}

/** Looks an archive up; throws when it is not one of this kind of guest. */
export async function findArchive(
  app: App,
  who: Identity,
  node: string,
  volid: string,
  kind?: GuestKind,
): Promise<FoundArchive> {
  if (volid.startsWith('/')) throw failure('Only root can pass arbitrary filesystem paths.');
  const volume = parseVolume(volid);
  app.storages.get(volume.storage, node);
  if (volume.type !== 'backup') throw failure(`'${volid}' is not a backup archive`);
  if (!mayUseBackup(app, who, volume.storage, volume.name))
    throw forbidden(`/storage/${volume.storage}, Datastore.AllocateSpace`);
  await app.images.info(node, volume).catch(() => {
    throw failure(`volume '${volid}' does not exist`);
  });
  const named = parseBackupName(volume.name);
  if (!named || (kind !== undefined && named.kind !== kind))
    throw failure(
      `unable to restore '${volid}' - it is no backup of a ${kind === 'lxc' ? 'container' : 'VM'}`,
    );
  const path = app.storages.path(node, volume);
  return { volume, path, compression: named.compression };
}

export interface Overwrite {
  vmid: number;
  pool: string | undefined;
  force: boolean;
  kind: GuestKind;
}

/** May the caller restore here? Who may back a guest up may also put it back. */
export function checkRestore(app: App, who: Identity, wanted: Overwrite): void {
  const old = app.vms.find(wanted.vmid);
  if (wanted.force && old && app.acl.has(who, `/vms/${wanted.vmid}`, ['VM.Backup'])) return;
  checkAllocate(app, who, wanted.vmid, wanted.pool);
}

/** The guest that is to be replaced; throws when there must not be one. */
export function replaced(app: App, node: string, wanted: Overwrite): Vm | undefined {
  const { vmid, force, kind } = wanted;
  const old = app.vms.find(vmid);
  if (!old) return undefined;
  if (!force || old.node !== node || kindOf(old) !== kind) app.vms.checkUnused(vmid);
  if (old.config['protection'] === 1) throw failure('protection mode enabled');
  app.vms.checkLock(old);
  if (old.guest) throw failure(`${kind === 'lxc' ? 'CT' : 'vm'} is running`);
  return old;
}

/** The volumes of an archive: its members without the single files of directories. */
export function volumesOf(members: readonly Member[]): Member[] {
  return members.filter(({ path }) => path === undefined);
}

/**
 * Fills new volumes with what an archive holds. `made` collects them as they appear, so that the
 * caller can take them back.
 */
export async function unpack(
  app: App,
  node: string,
  archive: OpenArchive,
  allocate: (member: Member) => Promise<string>,
  made: Map<string, string>,
  task: Task,
): Promise<void> {
  const { members } = archive.header;
  for (const member of volumesOf(members)) {
    const volid = await allocate(member);
    made.set(member.key, volid);
    if ((parseVolume(volid).format === 'subvol') !== (member.format === 'subvol'))
      throw failure(`can't restore '${member.key}' to a storage of another kind`);
  }
  const files = new Map<number, FileHandle>();
  const fileOf = async (index: number): Promise<FileHandle> => {
    const known = files.get(index);
    if (known) return known;
    const file = await openMember(app, node, members[index]!, made);
    files.set(index, file);
    return file;
  };
  let checked = 0;
  try {
    for (const [index, member] of members.entries()) {
      if (member.format === 'subvol' && member.path === undefined) continue;
      await (await fileOf(index)).truncate(member.size);
    }
    for await (const { member, offset, data } of archive.pieces()) {
      if (task.signal.aborted) throw failure('interrupted by signal');
      const { size } = members[member]!;
      if (offset + data.length > size) throw failure('the archive is damaged');
      await (await fileOf(member)).write(data, 0, data.length, offset);
      // Looking at the storage after each piece would take longer than writing it.
      if (++checked % 64 === 0) await checkRoom(app, node, made);
    }
  } finally {
    for (const file of files.values()) await file.close();
  }
  await checkRoom(app, node, made);
}

async function checkRoom(app: App, node: string, made: Map<string, string>): Promise<void> {
  for (const storage of new Set([...made.values()].map((volid) => parseVolume(volid).storage))) {
    app.storages.changed(node, storage);
    if (!(await app.storages.hasRoom(node, storage, 0)))
      throw failure('restore failed - No space left on device');
  }
}

async function openMember(
  app: App,
  node: string,
  member: Member,
  made: Map<string, string>,
): Promise<FileHandle> {
  const volid = made.get(member.key);
  if (volid === undefined) throw failure('the archive is damaged');
  const root = app.storages.path(node, parseVolume(volid));
  if (member.path === undefined) return open(root, 'r+');
  const path = join(root, member.path);
  // An archive may come from anywhere: nothing is written outside of the volume.
  if (relative(root, path).startsWith('..')) throw failure('the archive is damaged');
  await mkdir(dirname(path), { recursive: true });
  return open(path, 'w', 0o640);
}
