import { lstat, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../errors.js';
import type { Task } from '../tasks/manager.js';
import { createQcow2, growDisk, humanSize, restoreSize } from './disk-format.js';
import { readDiskInfo } from './disk-info.js';
import { Disks } from './disks.js';
import type { DiskInfo } from './disk-info.js';
import { creationLine, noRoomText } from './messages.js';
import { diskName, removeParent, writeParent } from './names.js';
import type { QemuImg } from './qemu-img.js';
import type { Storages } from './storages.js';
import { withinRoom } from './room.js';
import { formatsOf, typeOf } from './types.js';
import { parseVolume } from './volumes.js';
import type { Volume } from './volumes.js';

/** Size of a cloud-init drive. */
export const CLOUDINIT_BYTES = 4 * 1024 * 1024;

/** Makes, copies and removes the disks of VMs: real files in the storages' directories. */
export class Images extends Disks {
  readonly #storages: Storages;
  readonly #qemuImg: QemuImg;

  constructor(storages: Storages, qemuImg: QemuImg) {
    super(storages);
    this.#storages = storages;
    this.#qemuImg = qemuImg;
  }

  /** Takes the next free disk name of a VM by making the file. */
  async #reserve(
    node: string,
    storage: string,
    vmid: number,
    format: string,
    wanted?: string,
    content: 'images' | 'rootdir' = 'images',
  ): Promise<Volume> {
    const config = this.#storages.get(storage, node);
    if (!config.content.includes(content))
      throw failure(`storage '${storage}' does not support content-type '${content}'`);
    if (!formatsOf(config, content).includes(format))
      throw failure(`unsupported format '${format}'`);
    const directory = join(this.#storages.root(node, storage), 'images', String(vmid));
    await mkdir(directory, { recursive: true });
    for (let number = 0; ; number++) {
      const stem = wanted ?? `${format === 'subvol' ? 'subvol' : 'vm'}-${vmid}-disk-${number}`;
      const same = (name: string): string =>
        name.replace(/(?:\.\w+)+$/, '').replace(/^(?:base|subvol|basevol)-/, 'vm-');
      const taken = (await readdir(directory)).some((name) => same(name) === same(stem));
      if (taken && wanted === undefined) continue;
      const volname = diskName(config, vmid, `${stem}.${format}`)!;
      const volume = parseVolume(`${storage}:${volname}`);
      try {
        const path = this.#storages.path(node, volume);
        if (format === 'subvol') await mkdir(path, { mode: 0o750 });
        else await (await open(path, 'wx', 0o640)).close();
        return volume;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        if (wanted !== undefined)
          throw failure(`disk image '${this.#storages.shownPath(volume)}' already exists`);
      }
    }
  }

  async #make(node: string, volume: Volume, size: number, task: Task | undefined): Promise<void> {
    if (task && volume.format !== 'subvol') this.#logCreation(volume, size, task);
    const path = this.#storages.path(node, volume);
    if (volume.format === 'qcow2') await createQcow2(path, size);
    else if (volume.format !== 'subvol') await growDisk(path, 'raw', size);
    this.#storages.changed(node, volume.storage);
    if (!(await this.#storages.hasRoom(node, volume.storage, 0))) {
      await this.free(node, volume.volid);
      const config = this.#storages.get(volume.storage);
      throw failure(noRoomText(config, volume, this.#storages.shownPath(volume)));
    }
  }

  #logCreation(volume: Volume, size: number, task: Task): void {
    const config = this.#storages.get(volume.storage);
    const line = creationLine(config, volume, this.#storages.shownPath(volume), size);
    if (line !== undefined) task.log(line);
  }

  /** Makes an empty disk. */
  async allocate(
    node: string,
    storage: string,
    vmid: number,
    format: string,
    size: number,
    options: { name?: string; task?: Task; content?: 'images' | 'rootdir' } = {},
  ): Promise<string> {
    const volume = await this.#reserve(node, storage, vmid, format, options.name, options.content);
    await this.#make(node, volume, size, options.task);
    return volume.volid;
  }

  /** Makes a full copy of a volume: an import, or a disk of a full clone. */
  async copy(
    source: { node: string; volid: string; snapshot?: string | undefined },
    target: {
      node: string;
      storage: string;
      vmid: number;
      format: string;
      name?: string;
      content?: 'images' | 'rootdir';
    },
    task: Task,
    bwlimit = 0,
  ): Promise<string> {
    const from = parseVolume(source.volid);
    const fromPath = this.#storages.path(source.node, from);
    const info = await this.info(source.node, from);
    const bytes = (await lstat(fromPath)).blocks * 512;
    const to = await this.#reserve(
      target.node,
      target.storage,
      target.vmid,
      target.format,
      target.name,
      target.content,
    );
    const path = this.#storages.path(target.node, to);
    const command = `/usr/bin/qemu-img convert -p -n -f ${sourceFormat(from)} -O ${to.format} ${this.#storages.shownPath(from)} zeroinit:${this.#storages.shownPath(to)}`;
    try {
      this.#logCreation(to, info.size, task);
      task.log(`allocated target volume '${to.volid}'`);
      task.log(`transferred 0.0 B of ${humanSize(info.size)} (0.00%)`);
      if (!(await this.#storages.hasRoom(target.node, target.storage, bytes)))
        throw failure('qemu-img: error while writing at byte 0: No space left on device');
      await task.work();
      if (bwlimit > 0) await pause((bytes / (bwlimit * 1024)) * 1000, task.signal);
      const room = await this.#storages.room(target.node, target.storage);
      await withinRoom(path, room, task.signal, (signal) =>
        this.#qemuImg.convert(
          {
            path: fromPath,
            format: sourceFormat(from),
            backing: info.backing !== undefined,
            ...(source.snapshot !== undefined && { snapshot: source.snapshot }),
          },
          { path, format: to.format },
          signal,
        ),
      );
      this.#storages.changed(target.node, target.storage);
      // Only now is it known how much of the source was more than holes.
      if (!(await this.#storages.hasRoom(target.node, target.storage, 0)))
        throw failure('qemu-img: error while writing: No space left on device');
      task.log(`transferred ${humanSize(info.size)} of ${humanSize(info.size)} (100.00%)`);
      return to.volid;
    } catch (error) {
      await this.free(target.node, to.volid);
      const text = error instanceof Error ? error.message : String(error);
      if (/interrupted by signal/.test(text))
        throw failure(`copy failed: command '${command}' failed: interrupted by signal`);
      task.log(this.#storages.disguise(text, target.node));
      throw failure(`copy failed: command '${command}' failed: exit code 1`);
    } finally {
      this.#storages.changed(target.node, target.storage);
    }
  }

  /** The format that a copy gets: what is wanted, or that of the source, where the storage takes it. */
  formatOn(storage: string, wanted: string | undefined, source: string): string {
    const formats = formatsOf(this.#storages.get(storage));
    const format = wanted ?? source;
    return formats.includes(format) ? format : formats[0]!;
  }

  /** Makes a disk on top of a template's disk. */
  async linkedClone(node: string, baseVolid: string, vmid: number, task: Task): Promise<string> {
    const base = parseVolume(baseVolid);
    const { size } = await this.info(node, base);
    const type = typeOf(this.#storages.get(base.storage, node));
    if (!type.files) return this.#blockClone(node, base, vmid, size, type.dependentClones, task);
    const own = await this.#reserve(node, base.storage, vmid, 'qcow2');
    const backing = `../${base.vmid}/${base.name}`;
    task.log(
      `clone ${base.volname}: images, ${own.name}, ${vmid} to ${own.name} (base=${backing})`,
    );
    task.log(
      `Formatting '${this.#storages.shownPath(own)}', fmt=qcow2 cluster_size=131072 extended_l2=on preallocation=metadata compression_type=zlib size=${size} backing_file=${backing} backing_fmt=${base.format} lazy_refcounts=off refcount_bits=16`,
    );
    await createQcow2(this.#storages.path(node, own), size, { name: backing, format: base.format });
    this.#storages.changed(node, base.storage);
    return `${base.storage}:${base.volname}/${own.volname}`;
  }

  /** A clone of a block device shares its data on a real storage; here it is a sparse copy. */
  async #blockClone(
    node: string,
    base: Volume,
    vmid: number,
    size: number,
    dependent: boolean,
    task: Task,
  ): Promise<string> {
    const own = await this.#reserve(node, base.storage, vmid, 'raw');
    const path = this.#storages.path(node, own);
    try {
      this.#logCreation(own, size, task);
      await this.#qemuImg.convert(
        { path: this.#storages.path(node, base), format: 'raw', backing: false },
        { path, format: 'raw' },
        task.signal,
      );
      if (dependent) await writeParent(path, base.name);
    } catch (error) {
      await this.free(node, own.volid);
      throw error;
    } finally {
      this.#storages.changed(node, base.storage);
    }
    return dependent ? `${base.storage}:${base.name}/${own.name}` : own.volid;
  }

  /** Turns a VM's disk into a template's: `vm-…` becomes `base-…`. */
  async makeBase(node: string, volid: string): Promise<string> {
    const volume = parseVolume(volid);
    if (volume.base !== undefined || volume.name.startsWith('base-')) {
      if (volume.name.startsWith('base-')) return volid;
      throw failure(`you can't convert a linked clone to a base image`);
    }
    const renamed = volume.volname
      .replace(/(^|\/)vm-/, '$1base-')
      .replace(/(^|\/)subvol-/, '$1basevol-');
    const base = parseVolume(`${volume.storage}:${renamed}`);
    await rename(this.#storages.path(node, volume), this.#storages.path(node, base));
    return base.volid;
  }

  /** Gives a disk to another VM of the node: its file gets that VM's next free name. */
  async rename(node: string, volid: string, vmid: number): Promise<string> {
    const from = parseVolume(volid);
    const to = await this.#reserve(node, from.storage, vmid, from.format);
    const path = this.#storages.path(node, from);
    try {
      await rename(path, this.#storages.path(node, to));
    } catch (error) {
      await this.free(node, to.volid);
      throw error;
    }
    await rmdir(dirname(path)).catch(() => undefined);
    return to.volid;
  }

  /** Virtual size and backing file of a volume. */
  async info(node: string, volume: Volume): Promise<DiskInfo & { used: number; ctime: number }> {
    const path = this.#storages.path(node, volume);
    const found = await lstat(path).catch(() => undefined);
    if (!found) throw failure(`volume ${volume.volid} does not exist`);
    const info = await readDiskInfo(path, volume.format, this.#storages.shownPath(volume));
    return { ...info, used: found.blocks * 512, ctime: Math.floor(found.ctimeMs / 1000) };
  }

  /** Makes a disk bigger. */
  async resize(node: string, volid: string, size: number): Promise<void> {
    const volume = parseVolume(volid);
    const path = this.#storages.path(node, volume);
    if (!(await this.#qemuImg.resize(path, volume.format, size)))
      await growDisk(path, volume.format, size);
    this.#storages.changed(node, volume.storage);
  }

  /** Brings a disk back to the size that it had at a snapshot. */
  async rollback(node: string, volid: string, size: number): Promise<void> {
    const volume = parseVolume(volid);
    const now = await this.info(node, volume);
    if (size < now.size) await restoreSize(this.#storages.path(node, volume), volume.format, size);
    else if (size > now.size) await this.resize(node, volid, size);
  }

  /** Removes a volume; false when it was not there. A base image in use stays. */
  async free(node: string, volid: string): Promise<boolean> {
    const volume = parseVolume(volid);
    if (volume.name.startsWith('base-') && (await this.clonesOf(node, volume)).length > 0) {
      throw failure(`base volume '${volume.volname}' is still in use by linked clones`);
    }
    const path = this.#storages.path(node, volume);
    const there = (await lstat(path).catch(() => undefined)) !== undefined;
    await rm(path, { force: true, recursive: volume.format === 'subvol' });
    await removeParent(path);
    // PVE leaves no empty directory of a VM behind.
    if (volume.type === 'images') await rmdir(dirname(path)).catch(() => undefined);
    this.#storages.changed(node, volume.storage);
    return there;
  }
}

async function pause(millis: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(millis, undefined, { signal });
  } catch {
    throw failure('interrupted by signal');
  }
}

function sourceFormat(volume: Volume): string {
  return volume.format === 'qcow2' || volume.format === 'vmdk' ? volume.format : 'raw';
}
