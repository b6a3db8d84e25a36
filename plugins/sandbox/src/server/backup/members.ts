import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../app.js';
import { isCdrom, isCloudInit, isDriveKey, parseDrive, volumeOf } from '../qemu/drive.js';
import { mountPointOf, volumesIn } from '../lxc/mount-points.js';
import type { Vm } from '../state/model.js';
import { parseVolume } from '../storage/volumes.js';
import type { Task } from '../tasks/manager.js';
import type { Member } from './archive.js';

export interface Source {
  member: Member;
  /** The file whose bytes go into the archive. */
  path: string;
}

interface Disk {
  key: string;
  volid: string;
}

/** The volumes of a guest that a backup holds, with the lines in which vzdump says so. */
export function disksToSave(guest: Vm, say: (text: string) => void): Disk[] {
  return guest.kind === 'lxc' ? mountPoints(guest, say) : drives(guest, say);
}

function drives(guest: Vm, say: (text: string) => void): Disk[] {
  const disks: Disk[] = [];
  for (const key of Object.keys(guest.config).filter(isDriveKey).sort()) {
    const drive = parseDrive(key, String(guest.config[key]));
    const volid = volumeOf(drive);
    if (volid === undefined || (isCdrom(drive) && !isCloudInit(drive))) continue;
    if (drive['backup'] === 0) {
      say(`exclude disk '${key}' '${volid}' (backup=no)`);
      continue;
    }
    say(`include disk '${key}' '${volid}' ${String(drive['size'] ?? '')}`.trimEnd());
    disks.push({ key, volid });
  }
  return disks;
}

function mountPoints(guest: Vm, say: (text: string) => void): Disk[] {
  const disks: Disk[] = [];
  for (const { key, point, volid } of volumesIn(guest.config)) {
    const where = key === 'rootfs' ? '/' : String(mountPointOf(guest.config, key)['mp']);
    if (key !== 'rootfs' && point['backup'] !== 1) {
      say(`excluding volume mount point ${key} ('${where}') from backup (disabled)`);
      continue;
    }
    say(`including mount point ${key} ('${where}') in backup`);
    disks.push({ key, volid });
  }
  return disks;
}

/**
 * The files to save. A linked clone's disk is made whole first, in a temporary directory that
 * `drop` removes again.
 */
export async function collect(
  app: App,
  guest: Vm,
  disks: readonly Disk[],
  task: Task,
): Promise<{ sources: Source[]; drop: () => Promise<void> }> {
  const sources: Source[] = [];
  const temporary = await mkdtemp(join(app.settings.dataDir, 'tmp', 'vzdump-'));
  const drop = (): Promise<void> => rm(temporary, { recursive: true, force: true });
  try {
    for (const { key, volid } of disks) {
      const volume = parseVolume(volid);
      const info = await app.images.info(guest.node, volume);
      let path = app.storages.path(guest.node, volume);
      const { format } = volume;
      if (format === 'subvol') {
        sources.push(...(await filesOf(path, { key, volid, format, size: 0 })));
        continue;
      }
      if (info.backing !== undefined) {
        const whole = join(temporary, `${key}.qcow2`);
        await app.qemuImg.convert(
          { path, format, backing: true },
          { path: whole, format: 'qcow2' },
          task.signal,
        );
        path = whole;
      }
      const { size } = await lstat(path);
      sources.push({ member: { key, volid, format, size }, path });
    }
  } catch (error) {
    await drop();
    throw error;
  }
  return { sources, drop };
}

/** The files below a volume that is a directory; the first member stands for the directory itself. */
async function filesOf(directory: string, member: Member): Promise<Source[]> {
  const sources: Source[] = [{ member, path: '/dev/null' }];
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { size } = await lstat(path);
    sources.push({ member: { ...member, size, path: path.slice(directory.length + 1) }, path });
  }
  return sources;
}
