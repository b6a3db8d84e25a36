import type { App } from '../app.js';
import { failure } from '../errors.js';
import type { VmConfig } from '../state/model.js';
import { CLOUDINIT_BYTES } from '../storage/images.js';
import { formatSize } from '../storage/disk-format.js';
import { formatsOf, typeOf } from '../storage/types.js';
import { parseVolume, splitVolid } from '../storage/volumes.js';
import type { Task } from '../tasks/manager.js';
import { isCloudInit, isDriveKey, parseDrive, printDrive, volumeOf, wantedDisk } from './drive.js';
import type { Drive } from './drive.js';

const GIB = 1024 ** 3;
/** Sizes that PVE gives to the small disks of firmware and TPM. */
const FIXED_BYTES: Readonly<Record<string, number>> = {
  efidisk0: 528 * 1024,
  tpmstate0: 4 * 1024 * 1024,
};

export interface Place {
  node: string;
  vmid: number;
}

/** A silent task for disks that are made within a request. */
export function silentTask(node: string): Task {
  const { signal } = new AbortController();
  return {
    upid: '',
    node,
    signal,
    log: () => undefined,
    logMore: () => undefined,
    warn: () => undefined,
    work: () => Promise.resolve(),
  };
}

/**
 * Makes what the drives of new settings ask for and writes the result into them.
 * If one fails, those made before are removed again.
 */
export async function createDisks(
  app: App,
  place: Place,
  settings: VmConfig,
  task: Task,
): Promise<{ settings: VmConfig; created: string[] }> {
  const result: VmConfig = { ...settings };
  const created: string[] = [];
  try {
    for (const key of Object.keys(settings).filter(isDriveKey).sort()) {
      const drive = parseDrive(key, String(settings[key]));
      const made = await createOne(app, place, key, drive, task, created);
      result[key] = printDrive(made.drive);
      if (made.isNew) task.log(`${key}: successfully created disk '${String(result[key])}'`);
    }
  } catch (error) {
    for (const volid of created) await app.images.free(place.node, volid);
    throw error;
  }
  return { settings: result, created };
}

async function createOne(
  app: App,
  { node, vmid }: Place,
  key: string,
  drive: Drive,
  task: Task,
  created: string[],
): Promise<{ drive: Drive; isNew: boolean }> {
  const { 'import-from': importFrom, format, ...rest } = drive;
  const kept = rest as Drive;
  if (/:cloudinit$/.test(drive.file)) {
    const { storage } = splitVolid(drive.file);
    const { files } = typeOf(app.storages.get(storage, node));
    const wanted = String(format ?? (files ? 'qcow2' : 'raw'));
    const file = await app.images.allocate(node, storage, vmid, wanted, CLOUDINIT_BYTES, {
      name: `vm-${vmid}-cloudinit`,
      task,
    });
    created.push(file);
    return { drive: { ...kept, file, media: 'cdrom' }, isNew: true };
  }
  const wanted = wantedDisk(drive);
  if (wanted && importFrom !== undefined) {
    const file = await importDisk(
      app,
      { node, vmid },
      String(importFrom),
      wanted.storage,
      format,
      task,
    );
    created.push(file);
    const { size } = await app.images.info(node, parseVolume(file));
    return { drive: { ...kept, file, size: formatSize(size) }, isNew: true };
  }
  if (wanted) {
    const size = FIXED_BYTES[key] ?? Math.ceil(wanted.gib * GIB);
    const file = await app.images.allocate(
      node,
      wanted.storage,
      vmid,
      String(format ?? formatsOf(app.storages.get(wanted.storage, node))[0]),
      size,
      { task },
    );
    created.push(file);
    return { drive: { ...kept, file, size: formatSize(size) }, isNew: true };
  }
  const volid = volumeOf(drive);
  if (volid === undefined || isCloudInit(drive)) return { drive: kept, isNew: false };
  const { size } = await app.images.info(node, parseVolume(volid));
  return { drive: { ...kept, size: formatSize(size) }, isNew: false };
}

async function importDisk(
  app: App,
  { node, vmid }: Place,
  volid: string,
  storage: string,
  format: unknown,
  task: Task,
): Promise<string> {
  const source = parseVolume(volid);
  task.log(`create full clone of drive (${volid})`);
  // A disk of a VM on another node is only there on shared storage.
  const info = await app.images.info(node, source);
  if (source.type === 'import' && info.backing !== undefined)
    throw failure(`cannot import from '${volid}' - image has a backing file`);
  if (source.type === 'import' && info.external !== undefined)
    throw failure(`cannot import from '${volid}' - ${info.external}`);
  const wanted = app.images.formatOn(
    storage,
    format === undefined ? undefined : String(format),
    source.format,
  );
  return app.images.copy({ node, volid }, { node, storage, vmid, format: wanted }, task);
}
