import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, messageOf } from '../errors.js';
import type { ConfigValue, Vm } from '../state/model.js';
import { formatSize, parseSize } from '../storage/disk-format.js';
import { parseVolume } from '../storage/volumes.js';
import type { Task } from '../tasks/manager.js';
import {
  isCdrom,
  isCloudInit,
  isDiskKey,
  isDriveKey,
  parseDrive,
  printDrive,
  volumeOf,
} from './drive.js';
import { lockVm } from './power.js';
import { snapshotVolumes } from './snapshot-volumes.js';
import { checkDigest } from './vms.js';

/** Turns a VM into a template: its disks become base images. */
export function convertToTemplate(app: App, who: Identity, node: string, vmid: number): string {
  const load = (): Vm => {
    const vm = app.vms.get(vmid, node);
    app.vms.checkLock(vm);
    if (Object.keys(vm.snapshots ?? {}).length > 0)
      throw failure('unable to create template, because VM contains snapshots');
    if (vm.config['template'] === 1) throw failure("you can't convert a template to a template");
    if (vm.guest) throw failure("you can't convert a VM to template if VM is running vm");
    return vm;
  };
  load();
  return app.tasks.start({ node, type: 'qmtemplate', id: vmid, user: who.id }, async (task) => {
    const release = await lockVm(app, vmid, task);
    try {
      // It may have been started while this waited for its lock.
      const vm = load();
      await task.work();
      await makeBases(app, node, vm);
    } finally {
      release();
    }
  });
}

/** Its disks become base images, and it a template. */
export async function makeBases(app: App, node: string, vm: Vm): Promise<void> {
  for (const key of Object.keys(vm.config).filter(isDriveKey).sort()) {
    const drive = parseDrive(key, String(vm.config[key]));
    const volid = volumeOf(drive);
    if (volid === undefined || isCdrom(drive)) continue;
    const file = await app.images.makeBase(node, volid);
    app.vms.change(vm, () => {
      vm.config[key] = printDrive({ ...drive, file });
    });
  }
  app.vms.change(vm, () => {
    vm.config['template'] = 1;
  });
}

/** Makes a disk bigger. Everything that is wrong shows in the task only (observed). */
export function resizeDisk(
  app: App,
  who: Identity,
  request: { node: string; vmid: number; disk: string; size: string; digest: string | undefined },
): string {
  const { node, vmid, disk } = request;
  return app.tasks.start({ node, type: 'resize', id: vmid, user: who.id }, async (task) => {
    const release = await lockVm(app, vmid, task);
    try {
      const vm = app.vms.get(vmid, node);
      checkDigest(vm, request.digest);
      app.vms.checkLock(vm);
      const text = vm.config[disk];
      if (text === undefined) throw failure(`disk '${disk}' does not exist`);
      const drive = parseDrive(disk, String(text));
      const volid = volumeOf(drive);
      if (volid === undefined) throw failure(`disk '${disk}' has no associated volume`);
      if (isCdrom(drive)) throw failure("you can't resize a cdrom");
      const volume = parseVolume(volid);
      app.acl.check(who, `/storage/${volume.storage}`, ['Datastore.AllocateSpace']);
      const { size: old } = await app.images.info(node, volume);
      const size = request.size.startsWith('+')
        ? old + parseSize(request.size)
        : parseSize(request.size);
      if (size < old) throw failure('shrinking disks is not supported');
      await task.work();
      if (size > old) {
        await app.engine.resize(vm, disk, volid, size);
        if (!vm.guest) task.log('Image resized.');
      }
      app.vms.change(vm, () => {
        vm.config[disk] = printDrive({ ...drive, size: formatSize(size) });
      });
    } finally {
      release();
    }
  });
}

export interface DestroyRequest {
  node: string;
  vmid: number;
  purge: boolean;
  unreferenced: boolean;
  skiplock: boolean;
}

/** Deletes a VM with its disks. */
export function destroyVm(app: App, who: Identity, request: DestroyRequest): string {
  const { node, vmid, purge } = request;
  const { state } = app.store;
  const now = app.vms.get(vmid, node);
  checkRemovable(now);
  if (!purge && state.haResources[`vm:${vmid}`])
    throw failure(
      `unable to remove VM ${vmid} - used in HA resources and purge parameter not set.`,
    );
  if (!purge && Object.keys(state.replication).some((id) => id.startsWith(`${vmid}-`)))
    throw failure(`There is a replication job for VM ${vmid} and purge parameter not set.`);
  return app.tasks.start({ node, type: 'qmdestroy', id: vmid, user: who.id }, async (task) => {
    const release = await lockVm(app, vmid, task);
    try {
      const vm = app.vms.get(vmid, node);
      if (!request.skiplock) app.vms.checkLock(vm);
      checkRemovable(vm);
      await checkBases(app, vm);
      await task.work();
      await removeDisks(app, vm, request.unreferenced, task);
      if (purge) {
        task.log(`purging VM ${vmid} from related configurations..`);
        purgeVm(app, vmid);
      }
      app.vms.remove(vmid);
    } finally {
      release();
    }
  });
}

function checkRemovable(vm: Vm): void {
  if (vm.config['protection'] === 1)
    throw failure(`can't remove VM ${vm.vmid} - protection mode enabled`);
  if (vm.guest) throw failure(`VM ${vm.vmid} is running - destroy failed`);
}

function volumesOf(vm: Vm): string[] {
  return Object.keys(vm.config)
    .filter(isDiskKey)
    .flatMap((key) => {
      const drive = parseDrive(key, String(vm.config[key]));
      const volid = volumeOf(drive);
      return volid === undefined || (isCdrom(drive) && !isCloudInit(drive)) ? [] : [volid];
    });
}

async function checkBases(app: App, vm: Vm): Promise<void> {
  for (const volid of volumesOf(vm)) {
    const volume = parseVolume(volid);
    if (!volume.name.startsWith('base-')) continue;
    // Other disks of the same VM may lie on top of it; they go as well.
    const clones = (await app.images.clonesOf(vm.node, volume)).filter(
      (clone) => parseVolume(clone).vmid !== vm.vmid,
    );
    // The text is PVE's own, with its slip of the pen.
    if (clones.length > 0) throw failure(`base volume '${volid}' is still in use by linked cloned`);
  }
}

async function removeDisks(app: App, vm: Vm, unreferenced: boolean, task: Task): Promise<void> {
  const volumes = new Set(
    [...volumesOf(vm), ...snapshotVolumes(vm)].filter(
      (volid) => parseVolume(volid).vmid === vm.vmid,
    ),
  );
  if (unreferenced) {
    for (const [id, storage] of app.storages.onNode(vm.node)) {
      if (storage.disable || !storage.content.includes('images')) continue;
      const known = new Set([...volumes].map((volid) => parseVolume(volid).relativePath));
      for (const volid of await app.images.ownedBy(vm.node, id, vm.vmid))
        if (!known.has(parseVolume(volid).relativePath)) volumes.add(volid);
    }
  }
  for (const volid of volumes) {
    try {
      await app.images.free(vm.node, volid);
    } catch (error) {
      task.warn(messageOf(error));
    }
  }
}

/** Takes a guest out of backup jobs, HA and replication. */
export function purgeVm(app: App, vmid: number): void {
  const { state } = app.store;
  const without = (list: ConfigValue | undefined): string =>
    String(list ?? '')
      .split(',')
      .filter((item) => item !== String(vmid))
      .join(',');
  for (const [id, job] of Object.entries(state.backupJobs)) {
    for (const key of ['vmid', 'exclude']) {
      if (job[key] === undefined) continue;
      const rest = without(job[key]);
      if (rest !== '') job[key] = rest;
      // A job without any VM left would back up nothing: PVE removes it.
      else if (key === 'vmid') delete state.backupJobs[id];
      else delete job[key];
    }
  }
  delete state.haResources[`vm:${vmid}`];
  delete state.haResources[`ct:${vmid}`];
  for (const id of Object.keys(state.replication))
    if (id.startsWith(`${vmid}-`)) delete state.replication[id];
}
