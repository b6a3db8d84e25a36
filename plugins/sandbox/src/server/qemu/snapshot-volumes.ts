import type { Vm, VmConfig } from '../state/model.js';
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

/** Only qcow2 keeps snapshots on a directory storage. */
export function canSnapshot(config: VmConfig): boolean {
  return snapshotDisks(config).every(({ volid }) => parseVolume(volid).format === 'qcow2');
}

/** Every volume that a VM's snapshots need. */
export function snapshotVolumes(vm: Vm): string[] {
  return Object.values(vm.snapshots ?? {}).flatMap(({ config, vmstate }) => [
    ...snapshotDisks(config).map(({ volid }) => volid),
    ...(vmstate === undefined ? [] : [vmstate]),
  ]);
}
