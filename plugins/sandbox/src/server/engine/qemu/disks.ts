import type { App } from '../../app.js';
import { failure, messageOf } from '../../errors.js';
import { isDriveKey, parseDrive, volumeOf } from '../../qemu/drive.js';
import { agentEnabled } from '../../qemu/vms.js';
import type { Vm } from '../../state/model.js';
import { parseVolume } from '../../storage/volumes.js';
import type { Task } from '../../tasks/manager.js';
import type { GuestAgent, SnapshotDisk } from '../engine.js';
import type { DriveFile } from './command/index.js';
import type { QemuProcess } from './process.js';

/** The file of a volume, as QEMU is to open it. */
export function fileOf(app: App, node: string, volid: string): DriveFile {
  const volume = parseVolume(volid);
  const format = ['qcow2', 'vmdk'].includes(volume.format) ? volume.format : 'raw';
  return { path: app.storages.path(node, volume), format };
}

/** The files of all drives that hold something. */
export function driveFiles(app: App, vm: Vm): Record<string, DriveFile> {
  return Object.fromEntries(
    Object.keys(vm.config)
      .filter(isDriveKey)
      .flatMap((key) => {
        const volid = volumeOf(parseDrive(key, String(vm.config[key])));
        return volid === undefined ? [] : [[key, fileOf(app, vm.node, volid)]];
      }),
  );
}

/** Snapshots within the disks' own files; a running guest's agent keeps its file systems still meanwhile. */
export async function takeSnapshot(
  app: App,
  vm: Vm,
  guest: QemuProcess | undefined,
  agent: GuestAgent,
  name: string,
  disks: readonly SnapshotDisk[],
  task: Task,
): Promise<void> {
  const freeze =
    guest !== undefined &&
    agentEnabled(vm.config) &&
    !vm.guest?.paused &&
    (await agent.answers(vm));
  const done: SnapshotDisk[] = [];
  try {
    if (freeze) await agent.freeze(vm, true).catch((error: Error) => task.warn(error.message));
    for (const disk of disks) {
      if (task.signal.aborted) throw failure('interrupted by signal');
      if (guest)
        await guest.qmp.run('blockdev-snapshot-internal-sync', {
          device: `drive-${disk.key}`,
          name,
        });
      else await offline(app, vm, '-c', name, disk);
      done.push(disk);
    }
  } catch (error) {
    await dropSnapshot(app, vm, guest, name, done).catch(() => undefined);
    throw error;
  } finally {
    if (freeze) await agent.freeze(vm, false).catch((error: Error) => task.warn(error.message));
  }
}

export async function dropSnapshot(
  app: App,
  vm: Vm,
  guest: QemuProcess | undefined,
  name: string,
  disks: readonly SnapshotDisk[],
): Promise<void> {
  const attached = new Set(
    Object.keys(vm.config).flatMap((key) =>
      isDriveKey(key) ? [`${key} ${volumeOf(parseDrive(key, String(vm.config[key])))}`] : [],
    ),
  );
  for (const disk of disks) {
    if (guest && attached.has(`${disk.key} ${disk.volid}`))
      await guest.qmp.run('blockdev-snapshot-delete-internal-sync', {
        device: `drive-${disk.key}`,
        name,
      });
    else await offline(app, vm, '-d', name, disk);
  }
}

/** A disk of a VM that is off: qemu-img changes the file. */
export async function offline(
  app: App,
  vm: Vm,
  what: '-a' | '-c' | '-d',
  name: string,
  { volid }: SnapshotDisk,
): Promise<void> {
  const { path } = fileOf(app, vm.node, volid);
  await app.qemuImg.command(['snapshot', what, name, path]).catch((error: unknown) => {
    throw failure(app.storages.disguise(messageOf(error), vm.node));
  });
  app.storages.changed(vm.node, parseVolume(volid).storage);
}
