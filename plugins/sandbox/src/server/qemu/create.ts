import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, taskMessageOf } from '../errors.js';
import type { VmConfig } from '../state/model.js';
import { configLock } from '../tasks/locks.js';
import { checkAllocate, checkCreate } from './config-permissions.js';
import { createDisks } from './disks.js';
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
  try {
    app.vms.checkUnused(vmid);
  } catch (error) {
    release();
    throw failure(`unable to create VM ${vmid} - ${taskMessageOf(error)}`);
  }
  const vm = app.vms.add(vmid, node, 'create');
  return app.tasks.start({ node, type: 'qmcreate', id: vmid, user: who.id }, async (task) => {
    let created: string[] = [];
    try {
      if (request.settings['tags'] !== undefined)
        app.acl.check(who, `/vms/${vmid}`, ['VM.Config.Options']);
      const disks = await createDisks(app, { node, vmid }, request.settings, task);
      created = disks.created;
      await task.work();
      const config = Object.fromEntries(
        Object.entries(disks.settings).map(([key, value]) => [
          key,
          normalizeOption(key, value, macPrefix(app)),
        ]),
      );
      app.vms.change(vm, () => {
        vm.config = withDefaults(config);
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
