import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, parameterError } from '../errors.js';
import type { Vm, VmConfig } from '../state/model.js';
import { configLock } from '../tasks/locks.js';
import type { Task } from '../tasks/manager.js';
import { checkModify, checkRootOptions } from './config-permissions.js';
import { macPrefix } from './create.js';
import { noteCloudInit } from './cloudinit.js';
import { createDisks, silentTask } from './disks.js';
import { isCdrom, isCloudInit, isDiskKey, isDriveKey, parseDrive, volumeOf } from './drive.js';
import { normalizeOption } from './normalize.js';
import { isHot, needsOf } from './options.js';
import { parseVolume } from '../storage/volumes.js';
import { snapshotVolumes } from './snapshot-volumes.js';
import { checkDigest } from './vms.js';

export interface UpdateRequest {
  node: string;
  vmid: number;
  settings: VmConfig;
  removed: string[];
  revert: string[];
  force: boolean;
  skiplock: boolean;
  digest: string | undefined;
}

/** A change that has passed all checks and waits for the VM's lock. */
export type ReadyUpdate = (task?: Task) => Promise<void>;

/** Checks a change of a VM's configuration; the result carries it out. */
export function prepareUpdate(app: App, who: Identity, request: UpdateRequest): ReadyUpdate {
  const { vmid, node, settings, removed, revert } = request;
  if (request.skiplock) checkRootOptions(who, ['skiplock']);
  if (Object.keys(settings).length + removed.length + revert.length === 0)
    throw failure('no options specified');
  for (const key of removed)
    if (needsOf(key) === undefined) throw parameterError({ delete: `unknown option '${key}'` });
  for (const key of removed)
    if (key in settings)
      throw parameterError({
        delete: `cannot use '-${key}' and '-delete ${key}' at the same time`,
      });
  checkModify(app, who, app.vms.get(vmid, node), settings, removed);
  // Looked up anew: while the lock was waited for, the number may have gone to another VM.
  const checked = (): Vm => {
    const vm = app.vms.get(vmid, node);
    checkDigest(vm, request.digest);
    if (!request.skiplock) app.vms.checkLock(vm);
    return vm;
  };
  // A lock in the configuration is refused at once, a busy lock file only after its time-out.
  checked();
  return async (task) => {
    const release = await app.locks.acquire(configLock(vmid), {
      timeoutMillis: app.settings.lockTimeoutMillis,
      ...(task ? { signal: task.signal, onWait: () => task.log('trying to acquire lock...') } : {}),
    });
    try {
      await apply(app, checked(), request);
    } finally {
      release();
    }
  };
}

async function apply(app: App, vm: Vm, request: UpdateRequest): Promise<void> {
  for (const key of request.removed) await removeOption(app, vm, key, request.force);
  const { settings } = await createDisks(app, vm, request.settings, silentTask(vm.node));
  for (const [key, value] of Object.entries(settings))
    if (vm.guest && isMediumChange(vm, key, String(value)))
      await app.engine.changeMedium(vm, key, String(value));
  const replaced: string[] = [];
  app.vms.change(vm, () => {
    for (const key of request.revert) {
      dropPending(vm, key);
      vm.pendingDelete = vm.pendingDelete.filter((other) => other !== key);
    }
    for (const [key, value] of Object.entries(settings)) {
      const stored = normalizeOption(key, value, macPrefix(app), app.random);
      vm.pendingDelete = vm.pendingDelete.filter((other) => other !== key);
      if (vm.guest && !isHotHere(app, key) && !isMediumChange(vm, key, String(stored))) {
        dropPending(vm, key, String(stored));
        vm.pending[key] = stored;
        continue;
      }
      if (isDriveKey(key)) replaced.push(...replaceDrive(vm, key, String(stored)));
      noteCloudInit(vm, key);
      vm.config[key] = stored;
      dropPending(vm, key);
    }
  });
  for (const volid of replaced) await app.images.free(vm.node, volid);
}

/** Does a change take effect while the VM runs, here? */
function isHotHere(app: App, key: string): boolean {
  return isHot(key) && app.engine.hotplugs(key);
}

/** Another disc in the same CD-ROM drive needs no restart. */
function isMediumChange(vm: Vm, key: string, value: string): boolean {
  const old = vm.config[key];
  return (
    isDriveKey(key) &&
    old !== undefined &&
    isCdrom(parseDrive(key, String(old))) &&
    isCdrom(parseDrive(key, value))
  );
}

/** Makes room for a drive's new volume; the result are volumes that nobody needs any more. */
function replaceDrive(vm: Vm, key: string, value: string): string[] {
  const newVolume = volumeOf(parseDrive(key, value));
  for (const other of Object.keys(vm.config)) {
    if (
      /^unused\d+$/.test(other) &&
      volumeOf(parseDrive(other, String(vm.config[other]))) === newVolume
    )
      delete vm.config[other];
  }
  const old = vm.config[key];
  if (old === undefined) return [];
  const drive = parseDrive(key, String(old));
  const volid = volumeOf(drive);
  if (volid === undefined || volid === newVolume) return [];
  if (isCloudInit(drive)) return [volid];
  if (!isCdrom(drive)) addUnused(vm, volid);
  return [];
}

/** Forgets a change that waits; a volume that was made for it stays as an unused one, as in PVE. */
function dropPending(vm: Vm, key: string, next?: string): void {
  const waiting = vm.pending[key];
  delete vm.pending[key];
  if (waiting === undefined || !isDriveKey(key)) return;
  const drive = parseDrive(key, String(waiting));
  const volid = volumeOf(drive);
  if (volid === undefined || isCdrom(drive) || parseVolume(volid).vmid !== vm.vmid) return;
  const used = [...Object.entries(vm.config), ...(next === undefined ? [] : [[key, next] as const])]
    .filter(([other]) => isDiskKey(other))
    .some(([other, value]) => volumeOf(parseDrive(other, String(value))) === volid);
  if (!used) addUnused(vm, volid);
}

/** Keeps a volume that no drive uses any more. */
export function addUnused(vm: Vm, volid: string): void {
  for (let number = 0; number < 256; number++) {
    if (vm.config[`unused${number}`] !== undefined) continue;
    vm.config[`unused${number}`] = volid;
    return;
  }
  throw failure('too many unused volumes');
}

/** Removes an option: a disk becomes an unused one, an unused one is deleted. */
async function removeOption(app: App, vm: Vm, key: string, force: boolean): Promise<void> {
  const old = vm.config[key];
  if (old === undefined) {
    app.vms.change(vm, () => dropPending(vm, key));
    return;
  }
  if (vm.guest && !isHotHere(app, key)) {
    app.vms.change(vm, () => {
      dropPending(vm, key);
      if (!vm.pendingDelete.includes(key)) vm.pendingDelete.push(key);
    });
    return;
  }
  let free: string | undefined;
  if (isDiskKey(key)) {
    const drive = parseDrive(key, String(old));
    const volid = volumeOf(drive);
    if (
      volid !== undefined &&
      (isCloudInit(drive) || key.startsWith('unused') || (force && !isCdrom(drive)))
    )
      free = volid;
    else if (volid !== undefined && !isCdrom(drive)) app.vms.change(vm, () => addUnused(vm, volid));
  }
  if (free !== undefined) {
    if (snapshotVolumes(vm).includes(free))
      throw failure(`unable to delete '${free}' - volume is still in use (snapshot?)`);
    await app.images.free(vm.node, free);
  }
  app.vms.change(vm, () => {
    noteCloudInit(vm, key);
    delete vm.config[key];
    dropPending(vm, key);
    if (isDriveKey(key)) dropFromBoot(vm, key);
  });
}

function dropFromBoot(vm: Vm, key: string): void {
  const order = /^order=(.*)$/.exec(String(vm.config['boot'] ?? ''))?.[1]?.split(';');
  if (order?.includes(key))
    vm.config['boot'] =
      order.length > 1 ? `order=${order.filter((other) => other !== key).join(';')}` : ' ';
}

/** Applies what waits for a restart. */
export async function applyPending(app: App, vm: Vm): Promise<void> {
  if (vm.pendingDelete.length === 0 && Object.keys(vm.pending).length === 0) return;
  const { pending, pendingDelete } = vm;
  const replaced: string[] = [];
  app.vms.change(vm, () => {
    vm.pending = {};
    vm.pendingDelete = [];
  });
  for (const key of pendingDelete) await removeOption(app, vm, key, false);
  app.vms.change(vm, () => {
    for (const [key, value] of Object.entries(pending)) {
      if (isDriveKey(key)) replaced.push(...replaceDrive(vm, key, String(value)));
      vm.config[key] = value;
    }
  });
  for (const volid of replaced) await app.images.free(vm.node, volid);
}
