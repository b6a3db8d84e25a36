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
  const vm = app.vms.get(vmid, node);
  checkModify(app, who, vm, settings, removed);
  const check = (): void => {
    checkDigest(app.vms.get(vmid, node), request.digest);
    if (!request.skiplock) app.vms.checkLock(vm);
  };
  // A lock in the configuration is refused at once, a busy lock file only after its time-out.
  check();
  return async (task) => {
    const release = await app.locks.acquire(configLock(vmid), {
      timeoutMillis: app.settings.lockTimeoutMillis,
      ...(task ? { signal: task.signal, onWait: () => task.log('trying to acquire lock...') } : {}),
    });
    try {
      check();
      await apply(app, vm, request);
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
      delete vm.pending[key];
      vm.pendingDelete = vm.pendingDelete.filter((other) => other !== key);
    }
    for (const [key, value] of Object.entries(settings)) {
      const stored = normalizeOption(key, value, macPrefix(app), app.random);
      vm.pendingDelete = vm.pendingDelete.filter((other) => other !== key);
      if (vm.guest && !isHotHere(app, key) && !isMediumChange(vm, key, String(stored))) {
        vm.pending[key] = stored;
        continue;
      }
      if (isDriveKey(key)) replaced.push(...replaceDrive(vm, key, String(stored)));
      noteCloudInit(vm, key);
      vm.config[key] = stored;
      delete vm.pending[key];
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
    app.vms.change(vm, () => delete vm.pending[key]);
    return;
  }
  if (vm.guest && !isHotHere(app, key)) {
    app.vms.change(vm, () => {
      delete vm.pending[key];
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
    delete vm.pending[key];
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
