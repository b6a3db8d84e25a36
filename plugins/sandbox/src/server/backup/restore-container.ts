import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, parameterError, taskMessageOf } from '../errors.js';
import { normalizeContainerOption, settle, startAfterwards } from '../lxc/create.js';
import { lockContainer } from '../lxc/lock.js';
import { parseMountPoint, printMountPoint, wantedVolume } from '../lxc/mount-points.js';
import { withNewAddresses } from '../lxc/net.js';
import { checkChange, requireRootdir } from '../lxc/rights.js';
import { allocateVolume } from '../lxc/volumes.js';
import { macPrefix } from '../qemu/create.js';
import type { Vm, VmConfig } from '../state/model.js';
import { parseSize } from '../storage/disk-format.js';
import { isVolid, parseVolume } from '../storage/volumes.js';
import { cleanUp } from '../tasks/manager.js';
import type { Task } from '../tasks/manager.js';
import { readArchive } from './archive.js';
import type { ArchiveHeader, Member } from './archive.js';
import { freeOld } from './replace.js';
import { checkRestore, findArchive, replaced, unpack } from './restore.js';

export interface RestoreContainerRequest {
  node: string;
  vmid: number;
  pool: string | undefined;
  archive: string;
  /** Options that are to be other than in the backup; of rootfs only the storage counts. */
  settings: VmConfig;
  storage: string | undefined;
  force: boolean;
  unique: boolean;
  start: boolean;
}

/** Checks the request, takes the number, and starts the task that brings a container back. */
export async function restoreContainer(
  app: App,
  who: Identity,
  request: RestoreContainerRequest,
): Promise<string> {
  const { node, vmid, pool, settings } = request;
  const wanted = { vmid, pool, force: request.force, kind: 'lxc' } as const;
  checkRestore(app, who, wanted);
  for (const key of Object.keys(settings))
    if (/^(?:mp|unused)\d+$/.test(key))
      throw parameterError({
        [key]: 'other mount points than those of the backup are not part of the sandbox',
      });
  if (pool !== undefined && !app.store.state.pools[pool])
    throw failure(`pool '${pool}' does not exist`);
  checkChange(app, who, { node, vmid, pool, config: {} }, settings);
  const found = await findArchive(app, who, node, request.archive, 'lxc');
  if (request.storage !== undefined) checkTarget(app, who, node, request.storage);
  if (request.start) app.acl.check(who, `/vms/${vmid}`, ['VM.PowerMgmt']);
  const fail = (error: unknown): never => {
    throw failure(`unable to restore CT ${vmid} - ${taskMessageOf(error)}`);
  };
  const release = await lockContainer(app, vmid).catch(fail);
  let old: Vm | undefined;
  try {
    old = replaced(app, node, wanted);
  } catch (error) {
    release();
    fail(error);
  }
  const container = old ?? app.vms.add(vmid, node, 'create', 'lxc');
  const what = { node, type: 'vzrestore', id: vmid, user: who.id, held: release };
  return app.tasks.start(what, async (task) => {
    const made = new Map<string, string>();
    try {
      const header = await readArchive(found.path, found.compression, async (archive) => {
        task.log("recovering backed-up configuration from '" + found.volume.volid + "'");
        const allocate = (member: Member): Promise<string> =>
          allocateFor(app, who, request, archive.header.config, member, task);
        await unpack(app, node, archive, allocate, made, task);
        task.log(`restoring '${found.volume.volid}' now..`);
        return archive.header;
      });
      await task.work();
      const config = newConfig(app, request, header, made);
      if (old) {
        await freeOld(app, old, task);
        app.vms.change(old, forget);
      }
      const inPool = pool !== undefined && app.store.state.pools[pool]?.vms.includes(vmid);
      settle(app, container, config, inPool ? undefined : pool);
    } catch (error) {
      await cleanUp(task, [
        ...[...made.values()].map((volid) => async () => void (await app.images.free(node, volid))),
        ...(old ? [] : [() => app.vms.discard(vmid)]),
      ]);
      fail(error);
    } finally {
      release();
    }
    if (request.start) await startAfterwards(app, container, task);
  });
}

function forget(old: Vm): void {
  old.pending = {};
  old.pendingDelete = [];
  delete old.snapshots;
}

function checkTarget(app: App, who: Identity, node: string, storage: string): void {
  requireRootdir(app, node, storage);
  app.acl.check(who, `/storage/${storage}`, ['Datastore.AllocateSpace']);
}

async function allocateFor(
  app: App,
  who: Identity,
  { node, vmid, storage, settings }: RestoreContainerRequest,
  config: VmConfig,
  { key, volid, format, size }: Member,
  task: Task,
): Promise<string> {
  const rootfs =
    settings['rootfs'] === undefined
      ? ''
      : parseMountPoint('rootfs', String(settings['rootfs'])).volume;
  const target = wantedVolume(rootfs)?.storage ?? storage ?? parseVolume(volid).storage;
  checkTarget(app, who, node, target);
  const limit = parseMountPoint(key, String(config[key]))['size'];
  const bytes = format === 'subvol' ? parseSize(String(limit ?? '0')) : size;
  return allocateVolume(app, { node, vmid }, target, bytes, task);
}

function newConfig(
  app: App,
  { settings, unique }: RestoreContainerRequest,
  { config }: ArchiveHeader,
  made: Map<string, string>,
): VmConfig {
  const result: VmConfig = {};
  for (const [key, value] of Object.entries(config)) {
    const volume = made.get(key);
    if (volume !== undefined) {
      result[key] = printMountPoint({ ...parseMountPoint(key, String(value)), volume });
      continue;
    }
    // A volume that was left out of the backup is not there after a restore.
    if (/^mp\d+$/.test(key) && isVolid(parseMountPoint(key, String(value)).volume)) continue;
    result[key] = value;
  }
  for (const [key, value] of Object.entries(settings))
    if (key !== 'rootfs') result[key] = normalizeContainerOption(key, value, macPrefix(app));
  return unique ? withNewAddresses(result, macPrefix(app)) : result;
}
