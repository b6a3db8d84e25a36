import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, parameterError } from '../errors.js';
import { macPrefix } from '../qemu/create.js';
import { silentTask } from '../qemu/disks.js';
import { addUnused } from '../qemu/update.js';
import { checkDigest } from '../qemu/vms.js';
import type { Vm, VmConfig } from '../state/model.js';
import { isVolid } from '../storage/volumes.js';
import { normalizeContainerOption } from './create.js';
import { lockContainer } from './lock.js';
import { isMountPoint, parseMountPoint, volumesIn } from './mount-points.js';
import { isContainerOption, isHot } from './options.js';
import { checkChange } from './rights.js';
import { createVolumes } from './volumes.js';

export interface UpdateRequest {
  node: string;
  vmid: number;
  settings: VmConfig;
  removed: string[];
  revert: string[];
  digest: string | undefined;
}

/** Changes a container's configuration; what cannot be done while it runs waits for its next start. */
export async function updateContainer(
  app: App,
  who: Identity,
  request: UpdateRequest,
): Promise<void> {
  const { vmid, node, settings, removed, revert } = request;
  if (Object.keys(settings).length + removed.length + revert.length === 0)
    throw failure('no options specified');
  for (const key of [...removed, ...revert])
    if (!isContainerOption(key))
      throw parameterError({
        [removed.includes(key) ? 'delete' : 'revert']: `unknown option '${key}'`,
      });
  for (const key of removed)
    if (key in settings)
      throw parameterError({
        delete: `cannot use '-${key}' and '-delete ${key}' at the same time`,
      });
  let container = app.vms.get(vmid, node, 'lxc');
  checkChange(app, who, container, settings, removed);
  const release = await lockContainer(app, vmid);
  try {
    // Anew: the number may belong to another container by now.
    container = app.vms.get(vmid, node, 'lxc');
    checkDigest(container, request.digest);
    app.vms.checkLock(container);
    if (
      'unprivileged' in settings &&
      settings['unprivileged'] !== (container.config['unprivileged'] ?? 0)
    )
      throw failure("unable to modify read-only option: 'unprivileged'");
    for (const key of removed) checkRemoval(container, key);
    for (const key of removed) await removeOption(app, container, key);
    const made = await createVolumes(app, container, settings, silentTask(node));
    app.vms.change(container, () => {
      for (const key of revert) {
        delete container.pending[key];
        container.pendingDelete = container.pendingDelete.filter((other) => other !== key);
      }
      for (const [key, value] of Object.entries(made.settings))
        setOption(container, key, normalizeContainerOption(key, value, macPrefix(app)));
    });
  } finally {
    release();
  }
}

function setOption(container: Vm, key: string, value: VmConfig[string]): void {
  container.pendingDelete = container.pendingDelete.filter((other) => other !== key);
  if (container.guest && !isHot(key, container.config[key] === undefined)) {
    container.pending[key] = value;
    return;
  }
  delete container.pending[key];
  replaceVolume(container, key, value);
  container.config[key] = value;
}

/** Keeps the volume that a mount point had before; a volume that is used again is no unused one. */
function replaceVolume(container: Vm, key: string, value: VmConfig[string]): void {
  if (!isMountPoint(key)) return;
  const { volume } = parseMountPoint(key, String(value));
  for (const unused of Object.keys(container.config).filter((name) => /^unused\d+$/.test(name)))
    if (container.config[unused] === volume) delete container.config[unused];
  const old = container.config[key];
  if (old === undefined) return;
  const before = parseMountPoint(key, String(old)).volume;
  if (before !== volume && isVolid(before)) addUnused(container, before);
}

function checkRemoval(container: Vm, key: string): void {
  if (key === 'memory' || key === 'rootfs')
    throw failure(`unable to delete required option '${key}'`);
  if (/^(?:mp|unused)\d+$/.test(key) && container.config['protection'] === 1)
    throw failure(`can't remove CT ${container.vmid} drive '${key}' - protection mode enabled`);
  if (key === 'unprivileged') throw failure("unable to delete read-only option: 'unprivileged'");
}

/** Removes an option: a mount point's volume becomes an unused one, an unused one is deleted. */
async function removeOption(app: App, container: Vm, key: string): Promise<void> {
  const old = container.config[key];
  if (old !== undefined && container.guest && !isHot(key, false)) {
    app.vms.change(container, () => {
      delete container.pending[key];
      if (!container.pendingDelete.includes(key)) container.pendingDelete.push(key);
    });
    return;
  }
  if (old !== undefined && key.startsWith('unused')) {
    const inSnapshot = Object.values(container.snapshots ?? {}).some(({ config }) =>
      volumesIn(config).some(({ volid }) => volid === old),
    );
    if (inSnapshot)
      throw failure(`unable to delete '${String(old)}' - volume is still in use (snapshot?)`);
    await app.images.free(container.node, String(old));
  }
  app.vms.change(container, () => {
    delete container.config[key];
    delete container.pending[key];
    if (old === undefined || !isMountPoint(key)) return;
    const { volume } = parseMountPoint(key, String(old));
    if (isVolid(volume)) addUnused(container, volume);
  });
}

/** Applies what waits for a restart; the container is off. */
export async function applyPendingOptions(app: App, container: Vm): Promise<void> {
  const { pending, pendingDelete } = container;
  if (pendingDelete.length === 0 && Object.keys(pending).length === 0) return;
  app.vms.change(container, () => {
    container.pending = {};
    container.pendingDelete = [];
  });
  for (const key of pendingDelete) await removeOption(app, container, key);
  app.vms.change(container, () => {
    for (const [key, value] of Object.entries(pending)) setOption(container, key, value);
  });
}
