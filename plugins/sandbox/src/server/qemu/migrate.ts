import { nodeAddress } from '../api/nodes.js';
import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, messageOf, parameterError } from '../errors.js';
import type { Vm, VmConfig } from '../state/model.js';
import { cleanUp } from '../tasks/manager.js';
import type { Task } from '../tasks/manager.js';
import { isDiskKey, parseDrive, printDrive, volumeOf } from './drive.js';
import { checkVolumes, liveCopy } from './migrate-checks.js';
import { hostDevices, localVolumes, mapStorage, storagesOf } from './migrate-volumes.js';
import type { LocalVolume, StorageMap } from './migrate-volumes.js';
import { lockVm } from './power.js';
import { memoryBytes } from './vms.js';

export interface MigrateRequest {
  node: string;
  vmid: number;
  target: string;
  online: boolean;
  withLocalDisks: boolean;
  force: boolean;
  map: StorageMap;
  /** KiB/s; 0 = as fast as it goes. */
  bwlimit: number;
}

/** What stands in the way of a migration, and what would have to be copied. */
export function preconditions(app: App, vm: Vm): Record<string, unknown> {
  app.vms.checkLock(vm);
  const { local, mapped } = hostDevices(vm.config);
  const allowed: string[] = [];
  const refused: Record<string, unknown> = {};
  for (const node of app.store.state.nodes) {
    if (node === vm.node) continue;
    const missing = storagesOf(vm).filter((id) => !isAvailable(app, id, node));
    if (missing.length > 0) refused[node] = { unavailable_storages: missing };
    else allowed.push(node);
  }
  return {
    running: vm.guest ? 1 : 0,
    'has-dbus-vmstate': 0,
    allowed_nodes: allowed,
    not_allowed_nodes: refused,
    local_disks: localVolumes(app, vm).map((found) => ({
      volid: found.volume.volid,
      ...(found.key === undefined ? {} : { drivename: found.key }),
      ...(found.size === undefined ? {} : { size: found.size }),
      cdrom: found.cdrom ? 1 : 0,
      is_attached: found.key !== undefined && !found.key.startsWith('unused') ? 1 : 0,
      is_unused: found.key?.startsWith('unused') ? 1 : 0,
      is_vmstate: found.vmstate ? 1 : 0,
      replicate: found.replicate ? 1 : 0,
      shared: 0,
    })),
    local_resources: local,
    'mapped-resources': mapped,
    'mapped-resource-info': Object.fromEntries(
      mapped.map((key) => [
        key,
        { name: /mapping=([^,]+)/.exec(String(vm.config[key]))?.[1], 'live-migration': 0 },
      ]),
    ),
    'dependent-ha-resources': [],
  };
}

function isAvailable(app: App, storage: string, node: string): boolean {
  try {
    app.storages.get(storage, node);
    return true;
  } catch {
    return false;
  }
}

/** Checks what is checked at once. */
function checkRequest(app: App, who: Identity, request: MigrateRequest): Vm {
  const { node, vmid, target, map } = request;
  if (target === node) throw parameterError({ target: 'target is local node.' });
  if (!app.store.state.nodes.includes(target)) throw failure(`no such cluster node '${target}'`);
  const vm = app.vms.get(vmid, node);
  app.vms.checkLock(vm);
  if (vm.guest && !request.online) throw failure("can't migrate running VM without --online");
  if (map.identity) {
    for (const storage of storagesOf(vm)) app.storages.get(storage, target);
    return vm;
  }
  app.acl.check(who, `/vms/${vmid}`, ['VM.Config.Disk']);
  const named = [...map.entries.values(), ...(map.fallback === undefined ? [] : [map.fallback])];
  for (const storage of named) {
    const config = app.storages.get(storage, target);
    app.acl.check(who, `/storage/${storage}`, ['Datastore.AllocateSpace']);
    if (!config.content.includes('images'))
      throw failure(`storage '${storage}' does not support vm images`);
  }
  return vm;
}

/** Brings a VM to another node of the cluster. */
export function migrateVm(app: App, who: Identity, request: MigrateRequest): string {
  const { node, vmid } = request;
  checkRequest(app, who, request);
  return app.tasks.start({ node, type: 'qmigrate', id: vmid, user: who.id }, async (task) => {
    const begin = app.faults.now();
    const log = (text: string): void => {
      const moment = new Date(app.faults.now()).toISOString().slice(0, 19).replace('T', ' ');
      task.log(`${moment} ${text}`);
    };
    const duration = (): string =>
      new Date(Math.max(0, app.faults.now() - begin)).toISOString().slice(11, 19);
    const release = await lockVm(app, vmid, task);
    try {
      await migrate(app, who, request, task, log);
      log(`migration finished successfully (duration ${duration()})`);
    } catch (error) {
      log(`ERROR: migration aborted (duration ${duration()}): ${messageOf(error)}`);
      throw failure('migration aborted');
    } finally {
      release();
    }
  });
}

type Log = (text: string) => void;

async function migrate(
  app: App,
  who: Identity,
  request: MigrateRequest,
  task: Task,
  log: Log,
): Promise<void> {
  const vm = checkRequest(app, who, request);
  const { target } = request;
  log(`starting migration of VM ${vm.vmid} to node '${target}' (${nodeAddress(app, target)})`);
  if (app.faults.isDown(target))
    throw failure("Can't connect to destination address using public key");
  const devices = hostDevices(vm.config).local;
  if (devices.length > 0 && (vm.guest || !request.force))
    throw failure(`can't migrate VM which uses local devices: ${devices.join(', ')}`);
  if (devices.length > 0) log('migrating VM which uses local devices');
  app.vms.change(vm, () => (vm.config['lock'] = 'migrate'));
  const copies = new Map<string, string>();
  try {
    const volumes = localVolumes(app, vm);
    await checkVolumes(app, vm, request, volumes, log);
    if (vm.guest && volumes.length > 0 && !app.engine.mirrorsDisks)
      throw failure('the sandbox cannot mirror disks of real guests');
    await copyVolumes(app, vm, request, volumes, copies, task, log);
    if (vm.guest) liveCopy(vm.vmid, target, memoryBytes(vm.config), log);
    await task.work();
    if (app.faults.isDown(target)) throw failure(`no connection to node '${target}'`);
  } catch (error) {
    log(`ERROR: ${messageOf(error)}`);
    log('aborting phase 1 - cleanup resources');
    await cleanUp(task, [
      ...[...copies.values()].map(
        (volid) => async () => void (await app.images.free(target, volid)),
      ),
      () => app.vms.change(vm, () => delete vm.config['lock']),
    ]);
    throw error;
  }
  const from = vm.node;
  switchNode(app, vm, target, copies);
  await cleanUp(
    task,
    [...copies.keys()].map((volid) => async () => void (await app.images.free(from, volid))),
  );
}

async function copyVolumes(
  app: App,
  vm: Vm,
  request: MigrateRequest,
  volumes: readonly LocalVolume[],
  copies: Map<string, string>,
  task: Task,
  log: Log,
): Promise<void> {
  if (volumes.length > 0)
    log(vm.guest ? 'starting storage migration' : 'copying local disk images');
  for (const { volume, key } of volumes) {
    const { target } = request;
    const storage = mapStorage(request.map, volume.storage);
    const format = app.images.formatOn(storage, undefined, volume.format);
    const name = volume.name.replace(/\.\w+$/, '');
    if (vm.guest && key !== undefined)
      log(
        `${key}: start migration to nbd:unix:/run/qemu-server/${vm.vmid}_nbd.migrate:exportname=drive-${key}`,
      );
    const wanted = (await app.images.isTaken(target, storage, vm.vmid, name)) ? {} : { name };
    copies.set(
      volume.volid,
      await app.images.copy(
        { node: vm.node, volid: volume.volid },
        { node: target, storage, vmid: vm.vmid, format, ...wanted },
        task,
        request.bwlimit,
      ),
    );
  }
}

/** From here on the VM lives on the other node: at one go, so that it is never on both or on none. */
function switchNode(app: App, vm: Vm, target: string, copies: ReadonlyMap<string, string>): void {
  const renamed = (config: VmConfig): void => {
    for (const key of Object.keys(config).filter(isDiskKey)) {
      const drive = parseDrive(key, String(config[key]));
      const file = copies.get(volumeOf(drive) ?? '');
      if (file === undefined) continue;
      config[key] = key.startsWith('unused') ? file : printDrive({ ...drive, file });
    }
  };
  app.vms.change(vm, () => {
    for (const config of [vm.config, vm.pending]) renamed(config);
    for (const snapshot of Object.values(vm.snapshots ?? {})) {
      renamed(snapshot.config);
      const memory = copies.get(snapshot.vmstate ?? '');
      if (memory !== undefined) snapshot.vmstate = memory;
    }
    vm.node = target;
    delete vm.config['lock'];
  });
  app.engine.migrated(vm);
}
