import { isBridge } from '../api/nodes/interfaces.js';
import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure } from '../errors.js';
import type { Vm } from '../state/model.js';
import { parseVolume } from '../storage/volumes.js';
import { configLock } from '../tasks/locks.js';
import type { Task } from '../tasks/manager.js';
import { isCloudInit, isDriveKey, parseDrive, volumeOf } from './drive.js';
import { parseNet } from './net.js';
import { saveMemory } from './snapshots.js';
import { applyPending } from './update.js';

/** Takes a VM's lock within a task, with the lines that PVE logs while it waits. */
export async function lockVm(app: App, vmid: number, task: Task): Promise<() => void> {
  return app.locks.acquire(configLock(vmid), {
    timeoutMillis: app.settings.lockTimeoutMillis,
    signal: task.signal,
    onWait: () => task.log('trying to acquire lock...'),
    onGranted: () => task.log(' OK'),
  });
}

/** Starts the guest; the lock is held by the caller. */
export async function startGuest(app: App, vm: Vm, task: Task): Promise<void> {
  if (vm.config['template'] === 1) throw failure("you can't start a vm if it's a template");
  if (isHibernated(vm)) return wake(app, vm, task);
  app.vms.checkLock(vm);
  if (vm.guest) throw failure(`VM ${vm.vmid} already running`);
  await applyPending(app, vm);
  const drives = Object.keys(vm.config)
    .filter(isDriveKey)
    .map((key) => parseDrive(key, String(vm.config[key])));
  if (drives.some(isCloudInit)) {
    task.log('generating cloud-init ISO');
    app.vms.change(vm, () => delete vm.cloudInit);
  }
  for (const drive of drives) {
    const volid = volumeOf(drive);
    if (volid !== undefined) await app.images.info(vm.node, parseVolume(volid));
  }
  if (vm.config['bios'] === 'ovmf' && vm.config['efidisk0'] === undefined)
    task.warn('no efidisk configured! Using temporary efivars disk.');
  for (const key of Object.keys(vm.config).filter((name) => /^net\d+$/.test(name))) {
    const bridge = parseNet(String(vm.config[key]))['bridge'];
    if (bridge !== undefined && !isBridge(app, vm.node, String(bridge)))
      throw failure(`bridge '${String(bridge)}' does not exist`);
  }
  await task.work();
  await app.engine.start(vm, task);
}

/** How long a reboot waits for the start that it has asked for. */
const REBOOT_MILLIS = 60_000;

/** What a power action does once its task has the lock. */
type Action = (vm: Vm, task: Task) => Promise<void>;

function inTask(
  app: App,
  who: Identity,
  node: string,
  vmid: number,
  type: string,
  action: Action,
): string {
  return app.tasks.start({ node, type, id: vmid, user: who.id }, async (task) => {
    const release = await lockVm(app, vmid, task);
    try {
      await action(app.vms.get(vmid, node), task);
    } finally {
      release();
    }
  });
}

function requireRunning(app: App, node: string, vmid: number): void {
  if (!app.vms.get(vmid, node).guest) throw failure(`VM ${vmid} not running`);
}

export function start(app: App, who: Identity, node: string, vmid: number): string {
  return inTask(app, who, node, vmid, 'qmstart', (vm, task) => startGuest(app, vm, task));
}

/** Stops at once; a stopped VM stays stopped, and that is no error. */
export function stop(app: App, who: Identity, node: string, vmid: number): string {
  return inTask(app, who, node, vmid, 'qmstop', async (vm, task) => {
    app.vms.checkLock(vm);
    await task.work();
    await halt(app, vm);
  });
}

/** The guest is off now; what waited for that is applied. */
export async function halt(app: App, vm: Vm): Promise<void> {
  // A real guest may have gone by itself, while the caller had the lock.
  if (vm.guest) await app.engine.stop(vm);
  await applyPending(app, vm);
}

/** Asks the guest to shut down; a pretended one obeys, unless it is paused or not up yet. */
export function shutdown(
  app: App,
  who: Identity,
  node: string,
  vmid: number,
  options: { timeout: number; forceStop: boolean },
): string {
  return inTask(app, who, node, vmid, 'qmshutdown', async (vm, task) => {
    app.vms.checkLock(vm);
    await task.work();
    if (vm.guest?.paused) {
      if (!options.forceStop) throw failure('VM is paused - cannot shutdown');
      task.warn('VM is paused - stopping now');
    } else if (vm.guest && !(await app.engine.powerButton(vm, options.timeout, task))) {
      if (!options.forceStop) throw failure('VM quit/powerdown failed - got timeout');
      task.log('VM still running - terminating now with SIGTERM');
    }
    await halt(app, vm);
  });
}

/** Shuts down and starts again. The start is a task of its own, by whoever asked; what becomes of it is not the reboot's business. */
export function reboot(
  app: App,
  who: Identity,
  node: string,
  vmid: number,
  timeout: number,
): string {
  requireRunning(app, node, vmid);
  return app.tasks.start({ node, type: 'qmreboot', id: vmid, user: who.id }, async (task) => {
    const release = await lockVm(app, vmid, task);
    try {
      const vm = app.vms.get(vmid, node);
      app.vms.checkLock(vm);
      await task.work();
      if (vm.guest?.paused) throw failure('VM is paused - cannot shutdown');
      if (!(await app.engine.powerButton(vm, timeout, task)))
        throw failure('VM quit/powerdown failed - got timeout');
      await halt(app, vm);
    } finally {
      release();
    }
    await app.tasks.settled(start(app, who, node, vmid), REBOOT_MILLIS);
  });
}

export function reset(app: App, who: Identity, node: string, vmid: number): string {
  requireRunning(app, node, vmid);
  return inTask(app, who, node, vmid, 'qmreset', async (vm, task) => {
    app.vms.checkLock(vm);
    await task.work();
    if (vm.guest) await app.engine.reset(vm);
  });
}

/** Pauses the VM or lets it go on; its status stays `running`. */
export function pause(
  app: App,
  who: Identity,
  node: string,
  vmid: number,
  paused: boolean,
): string {
  if (paused || !isHibernated(app.vms.get(vmid, node))) requireRunning(app, node, vmid);
  return inTask(app, who, node, vmid, paused ? 'qmpause' : 'qmresume', async (vm, task) => {
    if (!paused && isHibernated(vm)) return wake(app, vm, task);
    app.vms.checkLock(vm);
    await task.work();
    if (vm.guest) await app.engine.pause(vm, paused);
  });
}

function isHibernated(vm: Vm): boolean {
  return vm.config['lock'] === 'suspended';
}

/** Writes the memory to a volume and switches the VM off; its lock says that it sleeps. */
export function hibernate(
  app: App,
  who: Identity,
  node: string,
  vmid: number,
  storage: string | undefined,
): string {
  requireRunning(app, node, vmid);
  return inTask(app, who, node, vmid, 'qmsuspend', async (vm, task) => {
    app.vms.checkLock(vm);
    if (!vm.guest) throw failure(`VM ${vmid} not running`);
    const day = new Date(app.faults.now()).toISOString().slice(0, 10);
    const vmstate = await saveMemory(app, vm, `suspend-${day}`, task, storage);
    try {
      await task.work();
    } catch (error) {
      await app.images.free(node, vmstate);
      throw error;
    }
    await app.engine.stop(vm);
    app.vms.change(vm, () => Object.assign(vm.config, { lock: 'suspended', vmstate }));
  });
}

/** Goes on where `hibernate` left off. */
async function wake(app: App, vm: Vm, task: Task): Promise<void> {
  task.log('Resuming suspended VM');
  await task.work();
  await app.engine.start(vm, task);
  const vmstate = vm.config['vmstate'];
  app.vms.change(vm, () => {
    delete vm.config['lock'];
    delete vm.config['vmstate'];
  });
  if (vmstate !== undefined) await app.images.free(vm.node, String(vmstate));
  task.log('Resumed VM, removing state');
}
