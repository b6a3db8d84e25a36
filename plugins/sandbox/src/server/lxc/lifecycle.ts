import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, messageOf } from '../errors.js';
import { purgeVm } from '../qemu/lifecycle.js';
import { checkDigest } from '../qemu/vms.js';
import type { Vm } from '../state/model.js';
import { formatSize, parseSize } from '../storage/disk-format.js';
import { isVolid, parseVolume } from '../storage/volumes.js';
import type { Task } from '../tasks/manager.js';
import { lockContainer } from './lock.js';
import { mountPointOf, printMountPoint, volumesIn } from './mount-points.js';
import { haltContainer } from './power.js';
import { ownedVolumes } from './volumes.js';

/** Turns a container into a template: its volumes become base volumes. The call itself answers nothing. */
export function convertToTemplate(app: App, who: Identity, node: string, vmid: number): null {
  const now = app.vms.get(vmid, node, 'lxc');
  app.vms.checkLock(now);
  if (Object.keys(now.snapshots ?? {}).length > 0)
    throw failure('unable to create template, because CT contains snapshots');
  if (now.config['template'] === 1) throw failure("you can't convert a template to a template");
  if (now.guest) throw failure("you can't convert a CT to template if the CT is running");
  app.tasks.start({ node, type: 'vztemplate', id: vmid, user: who.id }, async (task) => {
    const release = await lockContainer(app, vmid, task);
    try {
      await task.work();
      const container = app.vms.get(vmid, node, 'lxc');
      app.vms.checkLock(container);
      for (const { key, point, volid } of volumesIn(container.config)) {
        const volume = await app.images.makeBase(node, volid);
        app.vms.change(container, () => {
          container.config[key] = printMountPoint({ ...point, volume });
        });
      }
      app.vms.change(container, () => (container.config['template'] = 1));
    } finally {
      release();
    }
  });
  return null;
}

interface ResizeRequest {
  node: string;
  vmid: number;
  disk: string;
  size: string;
  digest: string | undefined;
}

/** Makes a volume bigger. */
export async function resizeVolume(
  app: App,
  who: Identity,
  request: ResizeRequest,
): Promise<string> {
  const { node, vmid, disk } = request;
  let container = app.vms.get(vmid, node, 'lxc');
  const plan = async (): Promise<{ volid: string; size: number; old: number }> => {
    checkDigest(container, request.digest);
    app.vms.checkLock(container);
    const { volume: volid } = mountPointOf(container.config, disk);
    if (!isVolid(volid)) throw failure(`can't resize mount point owned by another container`);
    const volume = parseVolume(volid);
    app.acl.check(who, `/storage/${volume.storage}`, ['Datastore.AllocateSpace']);
    const { size: old } = await app.images.info(node, volume);
    const wanted = parseSize(request.size);
    const size = request.size.startsWith('+') ? old + wanted : wanted;
    if (size < old) throw failure('unable to shrink disk size');
    return { volid, size, old };
  };
  await plan();
  return app.tasks.start({ node, type: 'resize', id: vmid, user: who.id }, async (task) => {
    const release = await lockContainer(app, vmid, task);
    try {
      // Anew: the number may belong to another container by now.
      container = app.vms.get(vmid, node, 'lxc');
      const { volid, size, old } = await plan();
      await task.work();
      // A directory has no limit that could grow; its size stands in the configuration only.
      if (size > old && !volid.endsWith('.subvol')) await app.images.resize(node, volid, size);
      app.vms.change(container, () => {
        const point = mountPointOf(container.config, disk);
        container.config[disk] = printMountPoint({ ...point, size: formatSize(size) });
      });
    } finally {
      release();
    }
  });
}

export interface DestroyRequest {
  node: string;
  vmid: number;
  force: boolean;
  purge: boolean;
  unreferenced: boolean;
}

/** Deletes a container with its volumes. */
export function destroyContainer(app: App, who: Identity, request: DestroyRequest): string {
  const { node, vmid, purge, force } = request;
  const { state } = app.store;
  const now = app.vms.get(vmid, node, 'lxc');
  checkRemovable(now, force);
  if (!purge && state.haResources[`ct:${vmid}`])
    throw failure(
      `unable to remove CT ${vmid} - used in HA resources and purge parameter not set.`,
    );
  if (!purge && Object.keys(state.replication).some((id) => id.startsWith(`${vmid}-`)))
    throw failure(`There is a replication job for CT ${vmid} and purge parameter not set.`);
  return app.tasks.start({ node, type: 'vzdestroy', id: vmid, user: who.id }, async (task) => {
    const release = await lockContainer(app, vmid, task);
    try {
      const container = app.vms.get(vmid, node, 'lxc');
      app.vms.checkLock(container);
      checkRemovable(container, force);
      await checkBases(app, container);
      await task.work();
      await haltContainer(app, container);
      await removeVolumes(app, container, request.unreferenced, task);
      if (purge) {
        task.log(`purging CT ${vmid} from related configurations..`);
        purgeVm(app, vmid);
      }
      app.vms.remove(vmid);
    } finally {
      release();
    }
  });
}

function checkRemovable(container: Vm, force: boolean): void {
  if (container.config['protection'] === 1)
    throw failure(`can't remove CT ${container.vmid} - protection mode enabled`);
  if (container.guest && !force) throw failure(`CT ${container.vmid} is running - destroy failed`);
}

async function checkBases(app: App, container: Vm): Promise<void> {
  for (const volid of ownedVolumes(container)) {
    const volume = parseVolume(volid);
    if (!volume.name.startsWith('base-')) continue;
    if ((await app.images.clonesOf(container.node, volume)).length > 0)
      throw failure(`base volume '${volid}' is still in use by linked cloned`);
  }
}

/** Removes a container's volumes, also those that its configuration does not name. */
export async function removeVolumes(
  app: App,
  container: Vm,
  unreferenced: boolean,
  task: Task,
): Promise<void> {
  const volumes = new Set(ownedVolumes(container));
  if (unreferenced)
    for (const [id, storage] of app.storages.onNode(container.node)) {
      if (storage.disable) continue;
      for (const volid of await app.images.ownedBy(container.node, id, container.vmid))
        volumes.add(volid);
    }
  for (const volid of volumes) {
    try {
      await app.images.free(container.node, volid);
    } catch (error) {
      task.warn(messageOf(error));
    }
  }
}
