import { cp, truncate } from 'node:fs/promises';
import type { App } from '../app.js';
import { failure } from '../errors.js';
import type { Vm, VmConfig } from '../state/model.js';
import { formatSize } from '../storage/disk-format.js';
import { copySparse } from '../storage/sparse.js';
import { isVolid, parseVolume } from '../storage/volumes.js';
import type { Volume } from '../storage/volumes.js';
import type { Task } from '../tasks/manager.js';
import {
  isVolumeKey,
  parseMountPoint,
  printMountPoint,
  volumeKeys,
  volumesIn,
  wantedVolume,
} from './mount-points.js';

const GIB = 1024 ** 3;
/** Storages whose container volumes can be snapshotted and cloned; a directory's raw files cannot. */
const SNAPSHOT_TYPES = new Set(['btrfs', 'lvmthin', 'rbd', 'zfspool']);

/** On these storages a container's volume is a directory tree, whatever its size. */
const TREE_TYPES = new Set(['btrfs', 'zfspool']);

interface Place {
  node: string;
  vmid: number;
}

/** Can the volume be snapshotted, or its base be the ground of a linked clone? */
export function hasSnapshots(app: App, volid: string): boolean {
  return SNAPSHOT_TYPES.has(app.storages.get(parseVolume(volid).storage).type);
}

/** Makes an empty volume; on a directory storage a raw file, or a directory when it has no limit. */
export async function allocateVolume(
  app: App,
  { node, vmid }: Place,
  storage: string,
  bytes: number,
  task: Task,
): Promise<string> {
  const { type } = app.storages.get(storage, node);
  const format = TREE_TYPES.has(type) || bytes === 0 ? 'subvol' : 'raw';
  const content = 'rootdir';
  return app.images.allocate(node, storage, vmid, format, bytes, { task, content });
}

/** Makes what mount points ask for (`local:8`) and writes the result into them; on failure nothing is left. */
export async function createVolumes(
  app: App,
  place: Place,
  settings: VmConfig,
  task: Task,
): Promise<{ settings: VmConfig; created: string[] }> {
  const result: VmConfig = { ...settings };
  const created: string[] = [];
  try {
    for (const key of volumeKeys(settings)) {
      const point = parseMountPoint(key, String(settings[key]));
      const wanted = wantedVolume(point.volume);
      if (wanted) {
        const bytes = Math.ceil(wanted.gib * GIB);
        const volume = await allocateVolume(app, place, wanted.storage, bytes, task);
        created.push(volume);
        result[key] = printMountPoint({ ...point, volume, size: formatSize(bytes) });
      } else if (isVolid(point.volume)) {
        const volume = parseVolume(point.volume);
        const { size } = await app.images.info(place.node, volume);
        if (size > 0) result[key] = printMountPoint({ ...point, size: formatSize(size) });
      }
    }
  } catch (error) {
    await freeAll(app, place.node, created);
    throw error;
  }
  return { settings: result, created };
}

export async function freeAll(app: App, node: string, volids: readonly string[]): Promise<void> {
  for (const volid of volids) await app.images.free(node, volid);
}

/** Copies the content of one volume over another of the same kind. */
export async function copyContent(
  app: App,
  from: { node: string; volume: Volume },
  to: { node: string; volume: Volume },
  task: Task,
): Promise<void> {
  if ((from.volume.format === 'subvol') !== (to.volume.format === 'subvol'))
    throw failure(`can't copy '${from.volume.volid}' to a storage of another kind`);
  const source = app.storages.path(from.node, from.volume);
  const target = app.storages.path(to.node, to.volume);
  const { used } = await app.images.info(from.node, from.volume);
  if (!(await app.storages.hasRoom(to.node, to.volume.storage, used)))
    throw failure('rsync: write failed: No space left on device (28)');
  if (from.volume.format === 'subvol') await cp(source, target, { recursive: true });
  else await copySparse(source, target, task.signal);
  if (task.signal.aborted) throw failure('interrupted by signal');
  app.storages.changed(to.node, to.volume.storage);
}

/** Makes a full copy of a container's volume. */
export async function copyVolume(
  app: App,
  source: { node: string; volid: string },
  target: Place & { storage: string },
  task: Task,
): Promise<string> {
  const from = parseVolume(source.volid);
  const { size } = await app.images.info(source.node, from);
  const volid = await allocateVolume(app, target, target.storage, size, task);
  try {
    await copyContent(
      app,
      { node: source.node, volume: from },
      { node: target.node, volume: parseVolume(volid) },
      task,
    );
  } catch (error) {
    await app.images.free(target.node, volid);
    throw error;
  }
  return volid;
}

/** Every volume that a container owns by its configuration and its snapshots. */
export function ownedVolumes(container: Vm): string[] {
  const configs = [
    container.config,
    ...Object.values(container.snapshots ?? {}).map(({ config }) => config),
  ];
  const all = configs.flatMap((config) => volumesIn(config, isVolumeKey).map(({ volid }) => volid));
  return [...new Set(all)].filter((volid) => parseVolume(volid).vmid === container.vmid);
}

/** Gives a raw volume another size; a directory has none. */
export async function setSize(app: App, node: string, volid: string, bytes: number): Promise<void> {
  const volume = parseVolume(volid);
  if (volume.format !== 'subvol') await truncate(app.storages.path(node, volume), bytes);
}
