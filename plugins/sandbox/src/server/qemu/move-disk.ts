import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, parameterError, taskMessageOf } from '../errors.js';
import type { Vm } from '../state/model.js';
import { formatSize, humanSize } from '../storage/disk-format.js';
import { parseVolume } from '../storage/volumes.js';
import type { Volume } from '../storage/volumes.js';
import { cleanUp } from '../tasks/manager.js';
import type { Task } from '../tasks/manager.js';
import { isCdrom, isCloudInit, parseDrive, printDrive, volumeOf } from './drive.js';
import type { Drive } from './drive.js';
import { lockVm } from './power.js';
import { snapshotVolumes } from './snapshot-volumes.js';
import { addUnused } from './update.js';
import { checkDigest } from './vms.js';

export interface MoveRequest {
  node: string;
  vmid: number;
  disk: string;
  storage: string;
  format: string | undefined;
  remove: boolean;
  digest: string | undefined;
  /** KiB/s; 0 = as fast as it goes. */
  bwlimit: number;
}

/** A disk of a VM, taken apart; throws as PVE does when there is none. */
export function diskOf(vm: Vm, disk: string): { drive: Drive; volume: Volume } {
  const text = vm.config[disk];
  if (text === undefined) throw failure(`disk '${disk}' does not exist`);
  const drive = parseDrive(disk, String(text));
  const volid = volumeOf(drive);
  if (volid === undefined) throw failure(`disk '${disk}' has no associated volume`);
  if (isCdrom(drive) && !isCloudInit(drive)) throw failure("you can't move a cdrom");
  return { drive, volume: parseVolume(volid) };
}

/** The format that was asked for, if any: a drive's own text does not say it any more. */
function checkTarget(app: App, vm: Vm, volume: Volume, request: MoveRequest): void {
  const { storage, format } = request;
  if (!app.storages.get(storage, vm.node).content.includes('images'))
    throw failure(`storage '${storage}' does not support content-type 'images'`);
  if (volume.storage === storage && (format === undefined || format === volume.format))
    throw failure("you can't move to the same storage with same format");
  // Snapshots are made of the old volume: it cannot go while they need it.
  if (request.remove && snapshotVolumes(vm).includes(volume.volid))
    throw failure("you can't move a disk with snapshots and delete the source");
}

/** Moves a disk to another storage or into another format. */
export function moveDisk(app: App, who: Identity, request: MoveRequest): string {
  const { node, vmid, disk, storage, digest } = request;
  app.acl.check(who, `/storage/${storage}`, ['Datastore.AllocateSpace']);
  const now = app.vms.get(vmid, node);
  app.vms.checkLock(now);
  checkDigest(now, digest);
  checkTarget(app, now, diskOf(now, disk).volume, request);
  return app.tasks.start({ node, type: 'qmmove', id: vmid, user: who.id }, async (task) => {
    const release = await lockVm(app, vmid, task);
    try {
      const vm = app.vms.get(vmid, node);
      app.vms.checkLock(vm);
      checkDigest(vm, digest);
      const { drive, volume } = diskOf(vm, disk);
      checkTarget(app, vm, volume, request);
      if (vm.guest && !app.engine.mirrorsDisks && !isCloudInit(drive))
        throw failure('storage migration failed: the sandbox cannot mirror disks of real guests');
      task.log(`create full clone of drive ${disk} (${volume.volid})`);
      const moved = await copyTo(app, vm, drive, volume, request, task);
      app.vms.change(vm, () => {
        vm.config[disk] = moved;
        if (!request.remove) addUnused(vm, volume.volid);
      });
      if (request.remove)
        await cleanUp(task, [async () => void (await app.images.free(node, volume.volid))]);
    } finally {
      release();
    }
  });
}

/** Makes the copy; when it fails, nothing is left of it. */
async function copyTo(
  app: App,
  vm: Vm,
  drive: Drive,
  volume: Volume,
  request: MoveRequest,
  task: Task,
): Promise<string> {
  const { node, vmid } = vm;
  const format = app.images.formatOn(request.storage, request.format, volume.format);
  const target = {
    node,
    storage: request.storage,
    vmid,
    format,
    ...(isCloudInit(drive) ? { name: `vm-${vmid}-cloudinit` } : {}),
  };
  try {
    if (vm.guest) task.log(`drive mirror is starting for drive-${request.disk}`);
    const file = await app.images.copy(
      { node, volid: volume.volid },
      target,
      task,
      request.bwlimit,
    );
    const { size } = await app.images.info(node, parseVolume(file));
    if (vm.guest) mirrored(request.disk, size, task);
    return printDrive({ ...drive, file, size: formatSize(size) });
  } catch (error) {
    throw failure(`storage migration failed: ${taskMessageOf(error)}`);
  }
}

function mirrored(disk: string, size: number, task: Task): void {
  const all = humanSize(size);
  task.log(`drive-${disk}: transferred ${all} of ${all} (100.00%) in 0s, ready`);
  task.log("all 'mirror' jobs are ready");
  task.log(`drive-${disk}: Completing block job...`);
  task.log(`drive-${disk}: Completed successfully.`);
}

export interface ReassignRequest {
  node: string;
  vmid: number;
  disk: string;
  targetVmid: number;
  targetDisk: string;
  digest: string | undefined;
  targetDigest: string | undefined;
}

/** Gives a disk to another VM of the same node: the volume gets that VM's name. */
export function reassignDisk(app: App, who: Identity, request: ReassignRequest): string {
  const { node, vmid, targetVmid } = request;
  app.acl.check(who, `/vms/${targetVmid}`, ['VM.Config.Disk']);
  checkReassign(app, request);
  return app.tasks.start({ node, type: 'qmmove', id: vmid, user: who.id }, async (task) => {
    // Always in the same order, so that two that go opposite ways do not wait for each other.
    const [first, second] = vmid < targetVmid ? [vmid, targetVmid] : [targetVmid, vmid];
    const releases = [await lockVm(app, first, task)];
    try {
      releases.push(await lockVm(app, second, task));
      const { source, target, drive, volume } = checkReassign(app, request);
      task.log(`moving disk '${request.disk}' from VM '${vmid}' to '${targetVmid}'`);
      await task.work();
      const file = await app.images.rename(node, volume.volid, targetVmid);
      task.log(`removing disk '${request.disk}' from VM '${vmid}' config`);
      app.vms.change(source, () => delete source.config[request.disk]);
      task.log(`updating target VM '${targetVmid}' config with '${request.targetDisk}'`);
      app.vms.change(target, () => {
        target.config[request.targetDisk] = request.targetDisk.startsWith('unused')
          ? file
          : printDrive({ ...drive, file });
      });
    } finally {
      for (const release of releases.reverse()) release();
    }
  });
}

interface Reassignable {
  source: Vm;
  target: Vm;
  drive: Drive;
  volume: Volume;
}

function checkReassign(app: App, request: ReassignRequest): Reassignable {
  const { node, vmid, disk, targetVmid, targetDisk } = request;
  if (vmid === targetVmid)
    throw parameterError({ 'target-vmid': 'must be different than source VMID to reassign disk' });
  const source = app.vms.get(vmid, node);
  const target = app.vms.find(targetVmid);
  if (!target) throw failure(`target VM ${targetVmid} does not exist`);
  if (target.node !== node) throw failure('Both VMs need to be on the same node');
  for (const vm of [source, target]) app.vms.checkLock(vm);
  checkDigest(source, request.digest);
  checkDigest(target, request.targetDigest);
  if (source.config['template'] === 1 || target.config['template'] === 1)
    throw failure("Can't reassign disks of templates");
  const { drive, volume } = diskOf(source, disk);
  if (source.guest && !disk.startsWith('unused'))
    throw failure(`cannot move disk '${disk}': VM ${vmid} is running`);
  if (isCdrom(drive)) throw failure('Moving a cloud-init drive to another VM is not possible');
  if (volume.vmid !== vmid) throw failure(`disk '${disk}' is not owned by VM ${vmid}`);
  if (volume.base !== undefined) throw failure('Disk is a linked clone and cannot be reassigned');
  if (snapshotVolumes(source).includes(volume.volid))
    throw failure(`Can't move disk used by a snapshot to another owner`);
  if (target.config[targetDisk] !== undefined)
    throw failure(`Target disk key '${targetDisk}' is already in use for guest '${targetVmid}'`);
  return { source, target, drive, volume };
}
