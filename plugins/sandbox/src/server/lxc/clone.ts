import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, taskMessageOf } from '../errors.js';
import { checkBridges } from './bridges.js';
import { macPrefix } from '../qemu/create.js';
import { snapshotOf } from '../qemu/snapshots.js';
import type { Vm, VmConfig } from '../state/model.js';
import { parseVolume } from '../storage/volumes.js';
import { containerLock } from '../tasks/locks.js';
import { cleanUp } from '../tasks/manager.js';
import type { Task } from '../tasks/manager.js';
import { isMountPoint, parseMountPoint, printMountPoint, volumesIn } from './mount-points.js';
import { withNewAddresses } from './net.js';
import { requireRootdir } from './rights.js';
import { copyVolume, freeAll, hasSnapshots } from './volumes.js';

export interface CloneRequest {
  node: string;
  vmid: number;
  newid: number;
  hostname: string | undefined;
  description: string | undefined;
  pool: string | undefined;
  target: string | undefined;
  storage: string | undefined;
  full: boolean | undefined;
  snapname: string | undefined;
}

/** Checks a clone, makes the new container (locked), and starts the task that copies the volumes. */
export function cloneContainer(app: App, who: Identity, request: CloneRequest): string {
  const { node, vmid, newid, storage } = request;
  const origin = app.vms.get(vmid, node, 'lxc');
  const targetNode = request.target ?? node;
  if (!app.store.state.nodes.includes(targetNode))
    throw failure(`no such cluster node '${targetNode}'`);
  if (request.pool !== undefined && !app.store.state.pools[request.pool])
    throw failure(`pool '${request.pool}' does not exist`);
  if (storage !== undefined) requireRootdir(app, targetNode, storage);
  app.vms.checkLock(origin);
  const source =
    request.snapname === undefined ? origin.config : snapshotOf(origin, request.snapname).config;
  const full = request.full ?? source['template'] !== 1;
  if (!full && storage !== undefined)
    throw failure("parameter 'storage' not allowed for linked clones");
  if (full && origin.guest && request.snapname === undefined)
    throw failure('Cannot do full clones on a running container without snapshots');
  if (!full && source['template'] !== 1)
    throw failure('you can only create linked clones from a template');
  checkVolumes(app, who, request, source, full);
  checkBridges(app, who, source);
  app.vms.checkUnused(newid);
  const container = app.vms.add(newid, targetNode, 'create', 'lxc');
  return app.tasks.start({ node, type: 'vzclone', id: vmid, user: who.id }, (task) =>
    runClone(app, request, { source, full, origin }, container, task),
  );
}

function checkVolumes(
  app: App,
  who: Identity,
  { node, target, storage }: CloneRequest,
  source: VmConfig,
  full: boolean,
): void {
  for (const key of Object.keys(source).filter(isMountPoint))
    if (parseMountPoint(key, String(source[key])).volume.startsWith('/'))
      throw failure(`unable to clone mountpoint '${key}' (type bind)`);
  for (const { volid } of volumesIn(source)) {
    const from = parseVolume(volid).storage;
    if (!full && !hasSnapshots(app, volid))
      throw failure(`Linked clone feature for '${volid}' is not available`);
    if (target !== undefined && target !== node && !app.storages.isShared(from))
      throw failure(`Can't clone container to node '${target}' (container uses local storage)`);
    app.acl.check(who, `/storage/${storage ?? from}`, ['Datastore.AllocateSpace']);
  }
}

interface Plan {
  source: VmConfig;
  full: boolean;
  origin: Vm;
}

async function runClone(
  app: App,
  request: CloneRequest,
  { source, full, origin }: Plan,
  container: Vm,
  task: Task,
): Promise<void> {
  const created: string[] = [];
  const releases: (() => void)[] = [];
  const options = { timeoutMillis: app.settings.lockTimeoutMillis, signal: task.signal };
  try {
    releases.push(await app.locks.acquire(containerLock(container.vmid), options));
    releases.push(
      await app.locks.acquire(containerLock(origin.vmid), { ...options, shared: true }),
    );
    const mounts: VmConfig = {};
    for (const { key, point, volid } of volumesIn(source)) {
      task.log(`create ${full ? 'full' : 'linked'} clone of mountpoint ${key} (${volid})`);
      const from = parseVolume(volid);
      const place = { node: container.node, vmid: container.vmid };
      const volume = full
        ? await copyVolume(
            app,
            { node: request.node, volid },
            { ...place, storage: request.storage ?? from.storage },
            task,
          )
        : await app.images.linkedClone(container.node, volid, container.vmid, task);
      created.push(volume);
      mounts[key] = printMountPoint({ ...point, volume });
    }
    await task.work();
    app.vms.change(container, () => {
      container.config = {
        ...withNewAddresses(keptOptions(source), macPrefix(app)),
        ...mounts,
        ...(request.hostname === undefined ? {} : { hostname: request.hostname }),
        ...(request.description === undefined ? {} : { description: request.description }),
      };
      if (request.pool !== undefined) app.store.state.pools[request.pool]?.vms.push(container.vmid);
    });
  } catch (error) {
    await cleanUp(task, [
      () => freeAll(app, container.node, created),
      () => app.vms.discard(container.vmid),
    ]);
    throw failure(`clone failed: ${taskMessageOf(error)}`);
  } finally {
    for (const release of releases.reverse()) release();
  }
}

function keptOptions(source: VmConfig): VmConfig {
  return Object.fromEntries(
    Object.entries(source).filter(
      ([key]) =>
        !['template', 'lock', 'parent'].includes(key) && !/^(?:unused\d+|mp\d+|rootfs)$/.test(key),
    ),
  );
}
