import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../app.js';
import { messageOf } from '../errors.js';
import type { Vm } from '../state/model.js';
import { formatSize, parseSize } from '../storage/disk-format.js';
import { parseVolume } from '../storage/volumes.js';
import { isCdrom, isCloudInit, isDiskKey, parseDrive, printDrive, volumeOf } from './drive.js';
import type { Drive } from './drive.js';
import { snapshotVolumes } from './snapshot-volumes.js';
import { addUnused } from './update.js';

/** Volumes that nobody adopts: they can be made again, or are of no use alone. */
const OF_NO_USE = /^vm-\d+-(?:cloudinit|state-.+)\.\w+$/;

/**
 * After a server was killed: brings configurations and files together again, as `qm rescan` does on a real node.
 * A file is made or removed at one moment and the configuration says so at another.
 */
export async function reconcile(app: App): Promise<void> {
  await removeEmptyDirectories(app);
  // Containers name their volumes in another way; what is left of theirs stays, as it does without `pct rescan`.
  for (const vm of app.vms.all().filter(({ kind }) => kind !== 'lxc')) {
    try {
      for (const key of Object.keys(vm.config).filter(isDiskKey)) await mendDrive(app, vm, key);
      await adopt(app, vm);
    } catch (error) {
      app.report(`VM ${vm.vmid} could not be brought together with its disks: ${messageOf(error)}`);
    }
  }
}

/** A directory is made before its first disk and goes after its last: neither may have come to pass. */
async function removeEmptyDirectories(app: App): Promise<void> {
  for (const node of app.store.state.nodes) {
    for (const [storage] of app.storages.onNode(node)) {
      const images = join(app.storages.root(node, storage), 'images');
      for (const vmid of await readdir(images).catch(() => [])) {
        // Not empty: it stays.
        if (!app.vms.find(Number(vmid))) await rmdir(join(images, vmid)).catch(() => undefined);
      }
    }
  }
}

async function mendDrive(app: App, vm: Vm, key: string): Promise<void> {
  const drive = parseDrive(key, String(vm.config[key]));
  const volid = volumeOf(drive);
  // An ISO image may be missing: that is for the next start to say.
  if (volid === undefined || (isCdrom(drive) && !isCloudInit(drive))) return;
  const found = (await findVolume(app, vm, volid)) ?? (await findVolume(app, vm, asBase(volid)));
  if (!found) {
    app.report(`VM ${vm.vmid}: ${key} is gone, ${volid} was being removed`);
    app.vms.change(vm, () => delete vm.config[key]);
    return;
  }
  const stale = drive['size'] !== undefined && parseSize(String(drive['size'])) !== found.size;
  if (!stale && found.volid === volid) return;
  const mended: Drive = { ...drive, file: found.volid };
  if (stale) mended['size'] = formatSize(found.size);
  app.vms.change(vm, () => {
    vm.config[key] = key.startsWith('unused') ? found.volid : printDrive(mended);
  });
}

/** The name that the volume gets when its VM becomes a template. */
function asBase(volid: string): string {
  return volid.replace(/\/vm-(?=[^/]+$)/, '/base-');
}

async function findVolume(
  app: App,
  vm: Vm,
  volid: string,
): Promise<{ volid: string; size: number } | undefined> {
  const info = await app.images.info(vm.node, parseVolume(volid)).catch(() => undefined);
  return info && { volid, size: info.size };
}

/** Files that bear the VM's number and that nothing names become unused disks. */
async function adopt(app: App, vm: Vm): Promise<void> {
  const named = new Set(
    [...Object.entries({ ...vm.config, ...vm.pending })]
      .filter(([key]) => isDiskKey(key))
      .flatMap(([key, value]) => volumeOf(parseDrive(key, String(value))) ?? [])
      .concat(snapshotVolumes(vm))
      .map((volid) => parseVolume(volid).relativePath),
  );
  for (const [storage, config] of app.storages.onNode(vm.node)) {
    if (config.disable) continue;
    for (const volid of await app.images.ownedBy(vm.node, storage, vm.vmid)) {
      const volume = parseVolume(volid);
      if (named.has(volume.relativePath)) continue;
      const usable = !OF_NO_USE.test(volume.name) && (await findVolume(app, vm, volid));
      if (usable) app.vms.change(vm, () => addUnused(vm, volid));
      else await app.images.free(vm.node, volid);
    }
  }
}
