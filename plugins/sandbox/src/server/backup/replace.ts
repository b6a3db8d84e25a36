import type { App } from '../app.js';
import { messageOf } from '../errors.js';
import { ownedVolumes } from '../lxc/volumes.js';
import { isCdrom, isCloudInit, isDiskKey, parseDrive, volumeOf } from '../qemu/drive.js';
import { snapshotVolumes } from '../qemu/snapshot-volumes.js';
import type { Vm } from '../state/model.js';
import { parseVolume } from '../storage/volumes.js';
import type { Task } from '../tasks/manager.js';

/** Removes the volumes of a guest that a restore replaces: only once the new ones are complete. */
export async function freeOld(
  app: App,
  old: Vm,
  task: Task,
  reused: ReadonlySet<string> = new Set(),
): Promise<void> {
  const volumes = old.kind === 'lxc' ? ownedVolumes(old) : diskVolumes(old);
  for (const volid of volumes) {
    if (reused.has(volid)) continue;
    try {
      await app.images.free(old.node, volid);
    } catch (error) {
      task.warn(messageOf(error));
    }
  }
}

function diskVolumes(old: Vm): string[] {
  const disks = Object.keys(old.config)
    .filter(isDiskKey)
    .flatMap((key) => {
      const drive = parseDrive(key, String(old.config[key]));
      const volid = volumeOf(drive);
      return volid === undefined || (isCdrom(drive) && !isCloudInit(drive)) ? [] : [volid];
    });
  return [...new Set([...disks, ...snapshotVolumes(old)])].filter(
    (volid) => parseVolume(volid).vmid === old.vmid,
  );
}
