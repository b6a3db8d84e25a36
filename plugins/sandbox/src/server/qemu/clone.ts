import { copyGuestFirewall } from '../api/firewall/store.js';
import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, taskMessageOf } from '../errors.js';
import type { Vm, VmConfig } from '../state/model.js';
import { formatSize, parseSize } from '../storage/disk-format.js';
import { hasFeature, typeOf } from '../storage/types.js';
import { parseVolume } from '../storage/volumes.js';
import { configLock } from '../tasks/locks.js';
import { cleanUp } from '../tasks/manager.js';
import type { Task } from '../tasks/manager.js';
import { checkBridges } from './config-permissions.js';
import { macPrefix } from './create.js';
import { isCdrom, isCloudInit, isDriveKey, parseDrive, printDrive, volumeOf } from './drive.js';
import type { Drive } from './drive.js';
import { withNewIdentity } from './normalize.js';
import { snapshotOf } from './snapshots.js';

export interface CloneRequest {
  node: string;
  vmid: number;
  newid: number;
  name: string | undefined;
  description: string | undefined;
  pool: string | undefined;
  target: string | undefined;
  storage: string | undefined;
  format: string | undefined;
  full: boolean | undefined;
  snapname: string | undefined;
  /** KiB/s; 0 = as fast as it goes. */
  bwlimit: number;
}

interface Copy {
  key: string;
  drive: Drive;
  volid: string;
  linked: boolean;
}

/** Checks a clone, makes the new VM (locked), and starts the task that copies the disks. */
export function cloneVm(app: App, who: Identity, request: CloneRequest): string {
  const { node, vmid, newid, storage } = request;
  const origin = app.vms.find(vmid);
  if (!origin || origin.node !== node || origin.kind === 'lxc')
    throw failure(`unable to find configuration file for VM ${vmid} on node '${node}'`);
  const targetNode = request.target ?? node;
  if (!app.store.state.nodes.includes(targetNode))
    throw failure(`no such cluster node '${targetNode}'`);
  if (request.pool !== undefined && !app.store.state.pools[request.pool])
    throw failure(`pool '${request.pool}' does not exist`);
  if (storage !== undefined && !app.storages.get(storage, targetNode).content.includes('images'))
    throw failure(`storage '${storage}' does not support vm images`);
  if (storage !== undefined && targetNode !== node && !app.storages.isShared(storage))
    throw failure(`can't clone to non-shared storage '${storage}'`);
  app.vms.checkLock(origin);
  const source = request.snapname === undefined ? origin : atSnapshot(origin, request.snapname);
  const full = request.full ?? source.config['template'] !== 1;
  const copies = planCopies(app, source, full, request.snapname !== undefined);
  if (!full && storage !== undefined)
    throw failure("parameter 'storage' not allowed for linked clones");
  if (!full && request.format !== undefined)
    throw failure("parameter 'format' not allowed for linked clones");
  for (const copy of copies) {
    const from = parseVolume(copy.volid).storage;
    if (targetNode !== node && !app.storages.isShared(from))
      throw failure(`Can't clone VM to node '${targetNode}' (VM uses local storage)`);
    app.acl.check(who, `/storage/${storage ?? from}`, ['Datastore.AllocateSpace']);
  }
  checkBridges(
    app,
    who,
    Object.entries(source.config)
      .filter(([key]) => /^net\d+$/.test(key))
      .map(([, value]) => value),
  );
  if (app.vms.find(newid))
    throw failure(`unable to create VM ${newid}: config file already exists`);
  const config = newConfig(app, source, request);
  const vm = app.vms.add(newid, targetNode, 'clone');
  app.vms.change(vm, () => Object.assign(vm.config, config));
  copyGuestFirewall(app, vmid, newid);
  const bytes = copies
    .filter(({ linked }) => !linked)
    .reduce((sum, { drive }) => sum + parseSize(String(drive['size'] ?? '0')), 0);
  return app.tasks.start({ node, type: 'qmclone', id: vmid, user: who.id, bytes }, (task) =>
    runClone(app, request, source, vm, copies, task),
  );
}

/** The VM as it was at a snapshot. */
function atSnapshot(vm: Vm, name: string): Vm {
  const { config, inside } = snapshotOf(vm, name);
  const { inside: _now, ...rest } = vm;
  return { ...rest, config, ...(inside ? { inside } : {}) };
}

/** Which drives are copied, and how; ISO images stay where they are. */
function planCopies(app: App, source: Vm, full: boolean, ofSnapshot: boolean): Copy[] {
  const copies: Copy[] = [];
  for (const key of Object.keys(source.config).filter(isDriveKey).sort()) {
    const drive = parseDrive(key, String(source.config[key]));
    const volid = volumeOf(drive);
    if (volid === undefined || (isCdrom(drive) && !isCloudInit(drive))) continue;
    const linked = !full && !isCloudInit(drive);
    const volume = parseVolume(volid);
    if (linked && !hasFeature(app.storages.get(volume.storage), volume, 'clone'))
      throw failure(`Linked clone feature is not supported for '${volid}' (${key})`);
    const type = typeOf(app.storages.get(volume.storage));
    // ZFS keeps its snapshots to itself.
    if (full && ofSnapshot && type.lastSnapshotOnly && !isCloudInit(drive))
      throw failure(`Full clone feature is not supported for drive '${key}'`);
    copies.push({ key, drive, volid, linked });
  }
  return copies;
}

/** The new VM's configuration, still without the disks that are copied. */
function newConfig(app: App, source: Vm, request: CloneRequest): VmConfig {
  const kept: VmConfig = {};
  for (const [key, value] of Object.entries(source.config)) {
    if (['template', 'lock', 'name', 'parent'].includes(key) || /^unused\d+$/.test(key)) continue;
    if (isDriveKey(key)) {
      const drive = parseDrive(key, String(value));
      if (volumeOf(drive) !== undefined && (!isCdrom(drive) || isCloudInit(drive))) continue;
    }
    kept[key] = value;
  }
  const name =
    request.name ??
    (source.config['name'] === undefined
      ? `Copy-of-VM-${source.vmid}`
      : `Copy-of-VM-${String(source.config['name'])}`);
  return withNewIdentity(
    {
      ...kept,
      name,
      ...(request.description === undefined ? {} : { description: request.description }),
    },
    macPrefix(app),
    app.random,
  );
}

async function runClone(
  app: App,
  request: CloneRequest,
  source: Vm,
  vm: Vm,
  copies: readonly Copy[],
  task: Task,
): Promise<void> {
  const created: string[] = [];
  const releases: (() => void)[] = [];
  try {
    releases.push(
      await app.locks.acquire(configLock(vm.vmid), {
        timeoutMillis: app.settings.lockTimeoutMillis,
        signal: task.signal,
      }),
    );
    // Observed: a running source is locked for itself alone, and nobody waits long for it.
    const exclusive = source.guest !== undefined;
    releases.push(
      await app.locks.acquire(configLock(source.vmid), {
        shared: !exclusive,
        timeoutMillis: exclusive
          ? Math.min(1000, app.settings.lockTimeoutMillis)
          : app.settings.lockTimeoutMillis,
        signal: task.signal,
      }),
    );
    task.log(`creating a clone of VM ${source.vmid} with ID ${vm.vmid}`);
    // Should the server die now, the next one knows whose files these are.
    await app.store.flush();
    const drives: VmConfig = {};
    await app.engine.whileStill(source, async () => {
      for (const copy of copies)
        drives[copy.key] = await copyDrive(app, request, vm, copy, created, task);
    });
    await task.work();
    app.vms.change(vm, () => {
      Object.assign(vm.config, drives);
      if (source.inside) vm.inside = structuredClone(source.inside);
      delete vm.config['lock'];
      if (request.pool !== undefined) app.store.state.pools[request.pool]?.vms.push(vm.vmid);
    });
  } catch (error) {
    await cleanUp(task, [
      ...created.map((volid) => async () => void (await app.images.free(vm.node, volid))),
      () => app.vms.discard(vm.vmid),
    ]);
    const text = taskMessageOf(error);
    throw failure(
      text === 'interrupted by signal'
        ? `clone failed: copy failed: command '/usr/bin/qemu-img convert' failed: ${text}`
        : `clone failed: ${text}`,
    );
  } finally {
    for (const release of releases.reverse()) release();
  }
}

async function copyDrive(
  app: App,
  request: CloneRequest,
  vm: Vm,
  copy: Copy,
  created: string[],
  task: Task,
): Promise<string> {
  const { key, drive, volid } = copy;
  const from = parseVolume(volid);
  const cloudInit = isCloudInit(drive);
  task.log(`create ${copy.linked ? 'linked' : 'full'} clone of drive ${key} (${volid})`);
  const storage = request.storage ?? from.storage;
  let file: string;
  if (copy.linked) {
    file = await app.images.linkedClone(vm.node, volid, vm.vmid, task);
  } else if (cloudInit) {
    const { size } = await app.images.info(request.node, from);
    const format = app.images.formatOn(storage, undefined, from.format);
    file = await app.images.allocate(vm.node, storage, vm.vmid, format, size, {
      name: `vm-${vm.vmid}-cloudinit`,
      task,
    });
    task.log(`allocated target volume '${file}'`);
  } else {
    const format = app.images.formatOn(storage, request.format, from.format);
    const target = { node: vm.node, storage, vmid: vm.vmid, format };
    const snapshot = app.engine.keepsSnapshots ? request.snapname : undefined;
    const source = { node: request.node, volid, snapshot };
    file = await app.images.copy(source, target, task, request.bwlimit);
  }
  created.push(file);
  const { size } = await app.images.info(vm.node, parseVolume(file));
  return printDrive({ ...drive, file, size: formatSize(size) });
}
