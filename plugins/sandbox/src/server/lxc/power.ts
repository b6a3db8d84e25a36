import { isBridge } from '../api/nodes/interfaces.js';
import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure } from '../errors.js';
import type { Vm } from '../state/model.js';
import { parseVolume } from '../storage/volumes.js';
import type { Task } from '../tasks/manager.js';
import { lockContainer } from './lock.js';
import { volumesIn } from './mount-points.js';
import { parseNet } from './net.js';
import { applyPendingOptions } from './update.js';

type Action = (container: Vm, task: Task) => Promise<void>;

/** Starts a container; the lock is held by the caller. */
export async function startContainer(app: App, container: Vm, task: Task): Promise<void> {
  if (container.config['template'] === 1) throw failure("you can't start a CT if it's a template");
  app.vms.checkLock(container);
  if (container.guest) throw failure(`CT ${container.vmid} already running`);
  await applyPendingOptions(app, container);
  for (const { volid } of volumesIn(container.config))
    await app.images.info(container.node, parseVolume(volid));
  for (const key of Object.keys(container.config).filter((name) => /^net\d+$/.test(name))) {
    const { bridge } = parseNet(String(container.config[key]));
    if (bridge !== undefined && !isBridge(app, container.node, String(bridge)))
      throw failure(`bridge '${String(bridge)}' does not exist`);
  }
  await task.work();
  const now = Date.now();
  app.vms.change(container, () => {
    container.guest = {
      startedAt: now,
      pid: app.tasks.nextPid(),
      paused: false,
      agentAt: now,
      netin: 0,
      netout: 0,
    };
  });
}

/** The container is off now; what waited for that is applied. */
export async function haltContainer(app: App, container: Vm): Promise<void> {
  if (!container.guest) return;
  app.vms.change(container, () => delete container.guest);
  await applyPendingOptions(app, container);
}

function inTask(
  app: App,
  who: Identity,
  { node, vmid }: Vm,
  type: string,
  action: Action,
  skiplock = false,
): string {
  return app.tasks.start({ node, type, id: vmid, user: who.id }, async (task) => {
    const release = await lockContainer(app, vmid, task);
    try {
      const container = app.vms.get(vmid, node, 'lxc');
      if (!skiplock) app.vms.checkLock(container);
      await action(container, task);
    } finally {
      release();
    }
  });
}

/** The container, if it runs; unlike with VMs that is refused before there is a task. */
function running(app: App, node: string, vmid: number, called = 'CT'): Vm {
  const container = app.vms.get(vmid, node, 'lxc');
  if (!container.guest) throw failure(`${called} ${vmid} not running`);
  return container;
}

export function start(app: App, who: Identity, node: string, vmid: number): string {
  const now = app.vms.get(vmid, node, 'lxc');
  if (now.guest) throw failure(`CT ${vmid} already running`);
  return inTask(app, who, now, 'vzstart', (container, task) =>
    startContainer(app, container, task),
  );
}

export function stop(
  app: App,
  who: Identity,
  node: string,
  vmid: number,
  skiplock: boolean,
): string {
  const action: Action = async (container, task) => {
    await task.work();
    await haltContainer(app, container);
  };
  return inTask(app, who, running(app, node, vmid), 'vzstop', action, skiplock);
}

async function shutDown(app: App, container: Vm, forceStop: boolean, task: Task): Promise<void> {
  await task.work();
  if (container.guest?.paused && !forceStop)
    throw failure('CT is frozen - cannot shutdown: got timeout');
  await haltContainer(app, container);
}

/** Asks the container to shut down; it obeys at once unless it is frozen. */
export function shutdown(
  app: App,
  who: Identity,
  node: string,
  vmid: number,
  forceStop: boolean,
): string {
  return inTask(app, who, running(app, node, vmid), 'vzshutdown', (container, task) =>
    shutDown(app, container, forceStop, task),
  );
}

/** Shuts down and starts again, with what waited for a restart. */
export function reboot(app: App, who: Identity, node: string, vmid: number): string {
  // The text says VM in PVE, too.
  const now = running(app, node, vmid, 'VM');
  return inTask(app, who, now, 'vzreboot', async (container, task) => {
    await shutDown(app, container, false, task);
    await startContainer(app, container, task);
  });
}

/** Freezes the container or lets it go on. */
export function freeze(
  app: App,
  who: Identity,
  node: string,
  vmid: number,
  frozen: boolean,
): string {
  const now = running(app, node, vmid);
  return inTask(app, who, now, frozen ? 'vzsuspend' : 'vzresume', async (container, task) => {
    await task.work();
    app.vms.change(container, () => {
      if (container.guest) container.guest.paused = frozen;
    });
  });
}
