import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, parameterError } from '../errors.js';
import { addUnused } from '../qemu/update.js';
import { checkDigest } from '../qemu/vms.js';
import type { Vm } from '../state/model.js';
import { isVolid, parseVolume } from '../storage/volumes.js';
import type { Task } from '../tasks/manager.js';
import { lockContainer } from './lock.js';
import { isVolumeKey, mountPointOf, printMountPoint, volumesIn } from './mount-points.js';
import { haltContainer, startContainer } from './power.js';
import { requireRootdir } from './rights.js';
import { copyContent, copyVolume, freeAll, ownedVolumes } from './volumes.js';

export interface MoveRequest {
  node: string;
  vmid: number;
  volume: string;
  storage: string;
  remove: boolean;
  digest: string | undefined;
}

/** Moves a volume to another storage; the old one becomes an unused one unless it is to go. */
export function moveVolume(app: App, who: Identity, request: MoveRequest): string {
  const { node, vmid, volume: key, storage } = request;
  let container = app.vms.get(vmid, node, 'lxc');
  requireRootdir(app, node, storage);
  app.acl.check(who, `/storage/${storage}`, ['Datastore.AllocateSpace']);
  const check = (): string => {
    checkDigest(container, request.digest);
    app.vms.checkLock(container);
    if (container.guest) throw failure('cannot move volumes of a running container');
    const { volume } = mountPointOf(container.config, key);
    if (!isVolid(volume)) throw failure(`you can't move a mount point of type bind`);
    if (parseVolume(volume).storage === storage)
      throw failure("you can't move to the same storage with same format");
    const inSnapshot = Object.values(container.snapshots ?? {}).some(({ config }) =>
      volumesIn(config).some(({ volid }) => volid === volume),
    );
    if (request.remove && inSnapshot)
      throw failure("you can't move a disk with snapshots and delete the source");
    return volume;
  };
  check();
  return app.tasks.start({ node, type: 'move_volume', id: vmid, user: who.id }, async (task) => {
    const release = await lockContainer(app, vmid, task);
    try {
      // Anew: the number may belong to another container by now.
      container = app.vms.get(vmid, node, 'lxc');
      const old = check();
      app.vms.change(container, () => (container.config['lock'] = 'disk'));
      try {
        const volume = await copyVolume(app, { node, volid: old }, { node, vmid, storage }, task);
        await task.work().catch(async (error: unknown) => {
          await app.images.free(node, volume);
          throw error;
        });
        app.vms.change(container, () => {
          const point = mountPointOf(container.config, key);
          container.config[key] = printMountPoint({ ...point, volume });
          if (!request.remove) addUnused(container, old);
        });
        if (request.remove) await app.images.free(node, old);
      } finally {
        app.vms.change(container, () => delete container.config['lock']);
      }
    } finally {
      release();
    }
  });
}

export interface MigrateRequest {
  node: string;
  vmid: number;
  target: string;
  online: boolean;
  restart: boolean;
}

/** GET …/migrate: where the container could go. */
export function migratePreconditions(app: App, container: Vm): Record<string, unknown> {
  return {
    running: container.guest ? 1 : 0,
    'allowed-nodes': app.store.state.nodes.filter((node) => node !== container.node),
    'not-allowed-nodes': {},
    'dependent-ha-resources': [],
  };
}

/** Moves a container to another node, with the volumes that lie on local storage. */
export function migrateContainer(app: App, who: Identity, request: MigrateRequest): string {
  const { node, vmid, target } = request;
  let container = app.vms.get(vmid, node, 'lxc');
  if (target === node) throw parameterError({ target: 'target is local node.' });
  if (!app.store.state.nodes.includes(target)) throw failure(`no such cluster node '${target}'`);
  if (container.guest && !request.online && !request.restart)
    throw failure("can't migrate running container without --online or --restart");
  return app.tasks.start({ node, type: 'vzmigrate', id: vmid, user: who.id }, async (task) => {
    const release = await lockContainer(app, vmid, task);
    try {
      // Anew: the number may belong to another container by now.
      container = app.vms.get(vmid, node, 'lxc');
      app.vms.checkLock(container);
      if (container.guest && !request.restart)
        throw failure('lxc live migration is currently not implemented');
      checkTarget(app, container, target);
      app.vms.change(container, () => (container.config['lock'] = 'migrate'));
      const restart = container.guest !== undefined;
      try {
        task.log(`starting migration of CT ${vmid} to node '${target}'`);
        await haltContainer(app, container);
        await carryOver(app, container, target, task);
      } finally {
        app.vms.change(container, () => delete container.config['lock']);
        // It runs again where it is now: on the target, or after a failure where it was.
        if (restart) await startContainer(app, container, task);
      }
      task.log('migration finished successfully');
    } finally {
      release();
    }
  });
}

function checkTarget(app: App, container: Vm, target: string): void {
  for (const { key, point } of volumesIn(container.config, isVolumeKey)) {
    const { storage } = parseVolume(point.volume);
    if (!key.startsWith('unused')) requireRootdir(app, target, storage);
  }
}

async function carryOver(app: App, container: Vm, target: string, task: Task): Promise<void> {
  const { node } = container;
  const local = ownedVolumes(container).filter(
    (volid) => !app.storages.isShared(parseVolume(volid).storage),
  );
  const copied: string[] = [];
  try {
    for (const volid of local) {
      task.log(`found local volume '${volid}' (in current VM config)`);
      const volume = parseVolume(volid);
      await mkdir(dirname(app.storages.path(target, volume)), { recursive: true });
      copied.push(volid);
      await copyContent(app, { node, volume }, { node: target, volume }, task);
    }
    await task.work();
  } catch (error) {
    await freeAll(app, target, copied);
    throw error;
  }
  app.vms.change(container, () => (container.node = target));
  await freeAll(app, node, local);
}
