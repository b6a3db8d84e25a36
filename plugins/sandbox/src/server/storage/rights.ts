import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { mayUseBackup } from '../backup/files.js';
import { forbidden } from '../errors.js';
import type { Volume } from './volumes.js';

/** A VM's disks are seen by those who may change them (VM.Audit is not enough), or who own the storage. */
export function isForbiddenDisk(app: App, who: Identity, storage: string, vmid: number): boolean {
  return (
    !app.acl.has(who, `/storage/${storage}`, ['Datastore.Allocate']) &&
    !app.acl.has(who, `/vms/${vmid}`, ['VM.Config.Disk'])
  );
}

/** May the caller look at this volume? */
export function checkReadVolume(app: App, who: Identity, volume: Volume): void {
  if (volume.type === 'images') {
    if (isForbiddenDisk(app, who, volume.storage, volume.vmid ?? 0))
      throw forbidden(`/vms/${volume.vmid}, VM.Config.Disk`);
    return;
  }
  if (volume.type === 'backup') {
    if (!mayUseBackup(app, who, volume.storage, volume.name))
      throw forbidden(`/storage/${volume.storage}, Datastore.AllocateSpace`);
    return;
  }
  app.acl.check(
    who,
    `/storage/${volume.storage}`,
    ['Datastore.AllocateSpace', 'Datastore.Audit'],
    true,
  );
}

/** May the caller delete it? Datastore.Allocate is enough for everything, also for disks of VMs (observed). */
export function checkDeleteVolume(app: App, who: Identity, volume: Volume): void {
  const path = `/storage/${volume.storage}`;
  if (app.acl.has(who, path, ['Datastore.Allocate'])) return;
  if (
    volume.type === 'images' &&
    app.acl.has(who, path, ['Datastore.AllocateSpace']) &&
    app.acl.has(who, `/vms/${volume.vmid}`, ['VM.Config.Disk'])
  )
    return;
  if (volume.type === 'backup' && mayUseBackup(app, who, volume.storage, volume.name)) return;
  throw forbidden(`${path}, Datastore.Allocate`);
}
