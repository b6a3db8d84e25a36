import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, taskMessageOf } from '../errors.js';
import type { VmConfig } from '../state/model.js';
import { parseVolume } from '../storage/volumes.js';
import { configLock } from '../tasks/locks.js';
import { checkAllocate, checkCreate } from './config-permissions.js';
import { createDisks } from './disks.js';
import { isDriveKey, parseDrive } from './drive.js';
import { normalizeOption, withDefaults } from './normalize.js';
import { startGuest } from './power.js';

export interface CreateRequest {
  node: string;
  vmid: number;
  pool: string | undefined;
  settings: VmConfig;
  start: boolean;
}

/** Waits for a busy number half as long as for other locks (observed: 5 s). */
const CREATE_WAIT = 0.5;

/** The prefix of the cluster's network addresses. */
export function macPrefix(app: App): string {
  return String(app.store.state.clusterOptions['mac_prefix'] ?? 'BC:24:11');
}

/** How much the import of disks moves; what is wrong with a source is for the task to say. */
async function importedBytes(app: App, node: string, settings: VmConfig): Promise<number> {
  try {
    let bytes = 0;
    for (const key of Object.keys(settings).filter(isDriveKey)) {
      const source = parseDrive(key, String(settings[key]))['import-from'];
      if (source !== undefined)
        bytes += (await app.images.info(node, parseVolume(String(source)))).size;
    }
    return bytes;
  } catch {
    return 0;
  }
}

/** Checks the request, takes the number, and starts the task that makes the disks. */
export async function createVm(app: App, who: Identity, request: CreateRequest): Promise<string> {
  const { node, vmid, pool } = request;
  checkAllocate(app, who, vmid, pool);
  if (pool !== undefined && !app.store.state.pools[pool])
    throw failure(`pool '${pool}' does not exist`);
  checkCreate(app, who, node, vmid, pool, request.settings);
  if (request.start)
    app.acl.check(
      who,
      pool !== undefined && app.acl.has(who, `/pool/${pool}`, ['VM.PowerMgmt'])
        ? `/pool/${pool}`
        : `/vms/${vmid}`,
      ['VM.PowerMgmt'],
    );
  const release = await app.locks
    .acquire(configLock(vmid), { timeoutMillis: app.settings.lockTimeoutMillis * CREATE_WAIT })
    .catch((error: unknown) => {
      throw failure(`unable to create VM ${vmid} - ${taskMessageOf(error)}`);
    });
  const bytes = await importedBytes(app, node, request.settings);
  try {
    app.vms.checkUnused(vmid);
  } catch (error) {
    release();
    throw failure(`unable to create VM ${vmid} - ${taskMessageOf(error)}`);
  }
  const vm = app.vms.add(vmid, node, 'create');
  const what = { node, type: 'qmcreate', id: vmid, user: who.id };
  return app.tasks.start({ ...what, bytes, held: release }, async (task) => {
    let created: string[] = [];
    try {
      if (request.settings['tags'] !== undefined)
        app.acl.check(who, `/vms/${vmid}`, ['VM.Config.Options']);
      // Should the server die now, the next one knows whose files these are.
      await app.store.flush();
      const disks = await createDisks(app, { node, vmid }, request.settings, task);
      created = disks.created;
      await task.work();
      const config = Object.fromEntries(
        Object.entries(disks.settings).map(([key, value]) => [
          key,
          normalizeOption(key, value, macPrefix(app), app.random),
        ]),
      );
      app.vms.change(vm, () => {
        vm.config = withDefaults(config, app.random);
        if (pool !== undefined) app.store.state.pools[pool]?.vms.push(vmid);
      });
    } catch (error) {
      for (const volid of created) await app.images.free(node, volid);
      app.vms.discard(vmid);
      throw failure(`unable to create VM ${vmid} - ${taskMessageOf(error)}`);
    } finally {
      release();
    }
    if (request.start) await startGuest(app, vm, task);
  });
}
