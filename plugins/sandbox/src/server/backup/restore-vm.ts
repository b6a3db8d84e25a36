import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, parameterError, taskMessageOf } from '../errors.js';
import { checkCreate } from '../qemu/config-permissions.js';
import { macPrefix } from '../qemu/create.js';
import { makeBases } from '../qemu/lifecycle.js';
import { isDriveKey, parseDrive, printDrive, volumeOf } from '../qemu/drive.js';
import { normalizeOption, withNewIdentity } from '../qemu/normalize.js';
import { startGuest } from '../qemu/power.js';
import type { Vm, VmConfig } from '../state/model.js';
import { formatSize } from '../storage/disk-format.js';
import { parseVolume } from '../storage/volumes.js';
import { configLock } from '../tasks/locks.js';
import { cleanUp } from '../tasks/manager.js';
import type { Task } from '../tasks/manager.js';
import { readArchive } from './archive.js';
import type { ArchiveHeader, Member } from './archive.js';
import { checkRestore, findArchive, replaced, unpack, volumesOf } from './restore.js';
import { freeOld } from './replace.js';

export interface RestoreVmRequest {
  node: string;
  vmid: number;
  pool: string | undefined;
  archive: string;
  /** Options that are to be other than in the backup. */
  settings: VmConfig;
  storage: string | undefined;
  force: boolean;
  unique: boolean;
  start: boolean;
}

/** Checks the request, takes the number, and starts the task that brings a VM back. */
export async function restoreVm(
  app: App,
  who: Identity,
  request: RestoreVmRequest,
): Promise<string> {
  const { node, vmid, pool, settings } = request;
  const wanted = { vmid, pool, force: request.force, kind: 'qemu' } as const;
  checkRestore(app, who, wanted);
  for (const key of Object.keys(settings))
    if (isDriveKey(key)) throw parameterError({ [key]: "option conflicts with option 'archive'" });
  if (pool !== undefined && !app.store.state.pools[pool])
    throw failure(`pool '${pool}' does not exist`);
  checkCreate(app, who, node, vmid, pool, settings);
  const found = await findArchive(app, who, node, request.archive, 'qemu');
  if (request.storage !== undefined) checkTarget(app, who, node, request.storage);
  if (request.start) app.acl.check(who, `/vms/${vmid}`, ['VM.PowerMgmt']);
  const fail = (error: unknown): never => {
    throw failure(`unable to restore VM ${vmid} - ${taskMessageOf(error)}`);
  };
  const release = await app.locks
    .acquire(configLock(vmid), { timeoutMillis: app.settings.lockTimeoutMillis })
    .catch(fail);
  let old: Vm | undefined;
  try {
    old = replaced(app, node, wanted);
  } catch (error) {
    release();
    fail(error);
  }
  const vm = old ?? app.vms.add(vmid, node, 'create');
  const what = { node, type: 'qmrestore', id: vmid, user: who.id, held: release };
  return app.tasks.start(what, async (task) => {
    const made = new Map<string, string>();
    // A cloud-init drive has its name from the VM: the one of the VM that is replaced is used again.
    const reused = new Set<string>();
    try {
      const header = await readArchive(found.path, found.compression, async (archive) => {
        task.log(`restore vma archive: '${app.storages.shownPath(found.volume)}'`);
        const allocate = (member: Member): Promise<string> =>
          allocateDisk(app, who, request, member, reused, task);
        await unpack(app, node, archive, allocate, made, task);
        return archive.header;
      });
      await task.work();
      const config = await newConfig(app, request, header, made);
      if (old) await freeOld(app, old, task, reused);
      settle(app, vm, config, header, pool);
      // As the server does: a backup of a template becomes one again.
      if (Number(config['template'] ?? 0) === 1) {
        task.log('Convert to template.');
        await makeBases(app, node, vm);
      }
    } catch (error) {
      await cleanUp(task, [
        ...[...made.values()]
          .filter((volid) => !reused.has(volid))
          .map((volid) => async () => void (await app.images.free(node, volid))),
        ...(old ? [] : [() => app.vms.discard(vmid)]),
      ]);
      fail(error);
    } finally {
      release();
    }
    if (request.start) await startGuest(app, vm, task);
  });
}

function checkTarget(app: App, who: Identity, node: string, storage: string): void {
  if (!app.storages.get(storage, node).content.includes('images'))
    throw failure(`storage '${storage}' does not support vm images`);
  app.acl.check(who, `/storage/${storage}`, ['Datastore.AllocateSpace']);
}

async function allocateDisk(
  app: App,
  who: Identity,
  { node, vmid, storage }: RestoreVmRequest,
  { key, volid, format, size }: Member,
  reused: Set<string>,
  task: Task,
): Promise<string> {
  const from = parseVolume(volid);
  const target = storage ?? from.storage;
  checkTarget(app, who, node, target);
  const cloudInit = /-cloudinit\.\w+$/.test(from.name);
  const name = `vm-${vmid}-cloudinit`;
  const present = `${target}:${vmid}/${name}.${format}`;
  if (cloudInit && (await app.images.ownedBy(node, target, vmid)).includes(present)) {
    reused.add(present);
    return present;
  }
  const made = await app.images.allocate(node, target, vmid, format, size, {
    task,
    ...(cloudInit ? { name } : {}),
  });
  task.log(`new volume ID is '${made}'`);
  task.log(`map 'drive-${key}' to '${made}' (write zeros = 0)`);
  return made;
}

/** The configuration of the backup, with the new volumes and whatever was asked to be different. */
async function newConfig(
  app: App,
  { node, settings, unique }: RestoreVmRequest,
  { config, members }: ArchiveHeader,
  made: Map<string, string>,
): Promise<VmConfig> {
  const result: VmConfig = {};
  const saved = new Set(volumesOf(members).map(({ key }) => key));
  for (const [key, value] of Object.entries(config)) {
    const file = made.get(key);
    if (file !== undefined) {
      const { size } = await app.images.info(node, parseVolume(file));
      result[key] = printDrive({ ...parseDrive(key, String(value)), file, size: formatSize(size) });
    } else if (!isDriveKey(key) || saved.has(key) || !isDisk(key, String(value))) {
      result[key] = value;
    }
  }
  for (const [key, value] of Object.entries(settings))
    result[key] = normalizeOption(key, value, macPrefix(app));
  return unique ? withNewIdentity(result, macPrefix(app)) : result;
}

/** A disk that was left out of the backup is not there after a restore. */
function isDisk(key: string, text: string): boolean {
  const drive = parseDrive(key, text);
  return drive['media'] !== 'cdrom' && volumeOf(drive) !== undefined;
}

function settle(
  app: App,
  vm: Vm,
  config: VmConfig,
  header: ArchiveHeader,
  pool: string | undefined,
): void {
  app.vms.change(vm, () => {
    vm.config = config;
    vm.pending = {};
    vm.pendingDelete = [];
    delete vm.snapshots;
    delete vm.cloudInit;
    if (header.inside) vm.inside = structuredClone(header.inside);
    else delete vm.inside;
    const members = pool === undefined ? undefined : app.store.state.pools[pool]?.vms;
    if (members && !members.includes(vm.vmid)) members.push(vm.vmid);
  });
}
