import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, taskMessageOf } from '../errors.js';
import { checkAllocate } from '../qemu/config-permissions.js';
import { macPrefix } from '../qemu/create.js';
import { normalizeOption } from '../qemu/normalize.js';
import type { ConfigValue, Vm, VmConfig } from '../state/model.js';
import { checkReadVolume } from '../storage/rights.js';
import { parseVolume } from '../storage/volumes.js';
import type { Volume } from '../storage/volumes.js';
import { cleanUp } from '../tasks/manager.js';
import type { Task } from '../tasks/manager.js';
import { lockContainer } from './lock.js';
import { normalizeNet } from './net.js';
import { startContainer } from './power.js';
import { checkChange } from './rights.js';
import { createVolumes, freeAll } from './volumes.js';

export interface CreateRequest {
  node: string;
  vmid: number;
  pool: string | undefined;
  settings: VmConfig;
  ostemplate: string;
  /** Where rootfs goes when it is not asked for. */
  storage: string;
  start: boolean;
}

const DISTRIBUTIONS =
  /^(debian|devuan|ubuntu|centos|fedora|opensuse|archlinux|alpine|gentoo|nixos)/i;

/** Brings one option into the form in which PVE stores it. */
export function normalizeContainerOption(
  key: string,
  value: ConfigValue,
  prefix: string,
): ConfigValue {
  return /^net\d+$/.test(key)
    ? normalizeNet(String(value), prefix)
    : normalizeOption(key, value, prefix);
}

/** The template's volume, which must be there and which the caller may read. */
async function templateOf(app: App, who: Identity, node: string, volid: string): Promise<Volume> {
  if (volid.startsWith('/')) throw failure('Only root can pass arbitrary filesystem paths.');
  const volume = parseVolume(volid);
  app.storages.get(volume.storage, node);
  if (volume.type !== 'vztmpl') throw failure(`'${volid}' is not a container template`);
  checkReadVolume(app, who, volume);
  await app.images.info(node, volume).catch(() => {
    throw failure(`volume '${volid}' does not exist`);
  });
  return volume;
}

/** Checks the request, takes the number, and starts the task that makes the volumes. */
export async function createContainer(
  app: App,
  who: Identity,
  request: CreateRequest,
): Promise<string> {
  const { node, vmid, pool } = request;
  const settings = { rootfs: `${request.storage}:4`, ...request.settings };
  checkAllocate(app, who, vmid, pool);
  if (pool !== undefined && !app.store.state.pools[pool])
    throw failure(`pool '${pool}' does not exist`);
  checkChange(app, who, { node, vmid, pool, config: {} }, settings);
  if (request.start) app.acl.check(who, `/vms/${vmid}`, ['VM.PowerMgmt']);
  const template = await templateOf(app, who, node, request.ostemplate);
  const fail = (error: unknown): never => {
    throw failure(`unable to create CT ${vmid} - ${taskMessageOf(error)}`);
  };
  const release = await lockContainer(app, vmid).catch(fail);
  try {
    app.vms.checkUnused(vmid);
  } catch (error) {
    release();
    fail(error);
  }
  const container = app.vms.add(vmid, node, 'create', 'lxc');
  const what = { node, type: 'vzcreate', id: vmid, user: who.id, held: release };
  return app.tasks.start(what, async (task) => {
    let created: string[] = [];
    try {
      const volumes = await createVolumes(app, { node, vmid }, settings, task);
      created = volumes.created;
      task.log(`extracting archive '${app.storages.shownPath(template)}'`);
      await task.work();
      const config = newConfig(vmid, template, volumes.settings, macPrefix(app));
      task.log(`Detected container architecture: ${String(config['arch'])}`);
      settle(app, container, config, pool);
    } catch (error) {
      await cleanUp(task, [() => freeAll(app, node, created), () => app.vms.discard(vmid)]);
      fail(error);
    } finally {
      release();
    }
    if (request.start) await startAfterwards(app, container, task);
  });
}

function newConfig(vmid: number, template: Volume, settings: VmConfig, prefix: string): VmConfig {
  const given = Object.entries(settings).map(([key, value]): [string, ConfigValue] => [
    key,
    normalizeContainerOption(key, value, prefix),
  ]);
  return {
    arch: /arm64/.test(template.name) ? 'arm64' : /i386/.test(template.name) ? 'i386' : 'amd64',
    hostname: `CT${vmid}`,
    memory: 512,
    ostype: DISTRIBUTIONS.exec(template.name)?.[1]?.toLowerCase() ?? 'unmanaged',
    swap: 512,
    ...Object.fromEntries(given),
  };
}

/** The new container is complete: it gets its configuration and its pool. */
export function settle(app: App, container: Vm, config: VmConfig, pool: string | undefined): void {
  app.vms.change(container, () => {
    container.config = config;
    if (pool !== undefined) app.store.state.pools[pool]?.vms.push(container.vmid);
  });
}

/** A container that cannot be started is there nevertheless. */
export async function startAfterwards(app: App, container: Vm, task: Task): Promise<void> {
  const release = await lockContainer(app, container.vmid, task);
  try {
    await startContainer(app, container, task);
  } finally {
    release();
  }
}
