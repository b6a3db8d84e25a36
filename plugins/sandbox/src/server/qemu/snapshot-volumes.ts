import type { App } from '../app.js';
import { failure } from '../errors.js';
import type { Vm, VmConfig } from '../state/model.js';
import { hasFeature, typeOf } from '../storage/types.js';
import { parseVolume } from '../storage/volumes.js';
import { isCdrom, isDriveKey, parseDrive, volumeOf } from './drive.js';

/** The disks of a configuration that a snapshot covers, by drive. */
export function snapshotDisks(config: VmConfig): { key: string; volid: string; size: unknown }[] {
  return Object.keys(config)
    .filter(isDriveKey)
    .sort()
    .flatMap((key) => {
      const drive = parseDrive(key, String(config[key]));
      const volid = volumeOf(drive);
      return volid === undefined || isCdrom(drive) ? [] : [{ key, volid, size: drive['size'] }];
    });
}

/** Can every disk keep a snapshot where it lies? */
export function canSnapshot(app: App, config: VmConfig): boolean {
  return snapshotDisks(config).every(({ volid }) => {
    const volume = parseVolume(volid);
    return hasFeature(app.storages.get(volume.storage), volume, 'snapshot');
  });
}

/** Throws where going back would destroy later snapshots, as on ZFS. */
export function checkRollback(app: App, vm: Vm, snapname: string): void {
  const { config, snaptime } = vm.snapshots![snapname]!;
  for (const { volid } of snapshotDisks(config)) {
    const storage = app.storages.get(parseVolume(volid).storage);
    if (!typeOf(storage).lastSnapshotOnly) continue;
    const names = Object.keys(vm.snapshots!);
    const isLater = (name: string): boolean =>
      name !== snapname &&
      (vm.snapshots![name]!.snaptime > snaptime ||
        (vm.snapshots![name]!.snaptime === snaptime &&
          names.indexOf(name) > names.indexOf(snapname)));
    const later = names.filter(
      (name) =>
        isLater(name) &&
        snapshotDisks(vm.snapshots![name]!.config).some((disk) => disk.volid === volid),
    );
    if (later.length > 0)
      throw failure(`can't rollback, '${snapname}' is not most recent snapshot on '${volid}'`);
  }
}

/** Every volume that a VM's snapshots need. */
export function snapshotVolumes(vm: Vm): string[] {
  return Object.values(vm.snapshots ?? {}).flatMap(({ config, vmstate }) => [
    ...snapshotDisks(config).map(({ volid }) => volid),
    ...(vmstate === undefined ? [] : [vmstate]),
  ]);
}
