import { lstat, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../errors.js';
import type { Task } from '../tasks/manager.js';
import { createQcow2, growDisk, humanSize, readDiskInfo, restoreQcow2Size } from './disk-format.js';
import type { QemuImg } from './qemu-img.js';
import type { Storages } from './storages.js';
import { parseVolume } from './volumes.js';
import type { Volume } from './volumes.js';

/** Size of a cloud-init drive. */
export const CLOUDINIT_BYTES = 4 * 1024 * 1024;

const FORMATTING =
  'cluster_size=65536 extended_l2=off preallocation=metadata compression_type=zlib';

/** Makes, copies and removes the disks of VMs: real files in the storages' directories. */
export class Images {
  readonly #storages: Storages;
  readonly #qemuImg: QemuImg;

  constructor(storages: Storages, qemuImg: QemuImg) {
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
  ): Promise<Volume> {
    const config = this.#storages.get(storage, node);
    if (!config.content.includes('images'))
      throw failure(`storage '${storage}' does not support content-type 'images'`);
    const directory = join(this.#storages.root(node, storage), 'images', String(vmid));
    await mkdir(directory, { recursive: true });
    for (let number = 0; ; number++) {
      const stem = wanted ?? `vm-${vmid}-disk-${number}`;
      const taken = (await readdir(directory)).some(
        (name) => name.replace(/\.\w+$/, '').replace(/^base-/, 'vm-') === stem,
      );
      if (taken && wanted === undefined) continue;
      const volume = parseVolume(`${storage}:${vmid}/${stem}.${format}`);
      try {
        await (await open(this.#storages.path(node, volume), 'wx', 0o640)).close();
        return volume;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        if (wanted !== undefined)
          throw failure(`disk image '${this.#storages.shownPath(volume)}' already exists`);
      }
    }
  }

  async #make(node: string, volume: Volume, size: number, task: Task | undefined): Promise<void> {
    const shown = this.#storages.shownPath(volume);
    const extra =
      volume.format === 'qcow2'
        ? `${FORMATTING} size=${size} lazy_refcounts=off refcount_bits=16`
        : `size=${size}${volume.format === 'raw' ? ' preallocation=off' : ''}`;
    task?.log(`Formatting '${shown}', fmt=${volume.format} ${extra}`);
    const path = this.#storages.path(node, volume);
    if (volume.format === 'qcow2') await createQcow2(path, size);
    else await growDisk(path, 'raw', size);
    this.#storages.changed(node, volume.storage);
    if (!(await this.#storages.hasRoom(node, volume.storage, 0))) {
      await this.free(node, volume.volid);
      throw failure(
        `unable to create image: qemu-img: ${shown}: error while writing metadata: No space left on device`,
      );
    }
  }

  /** Makes an empty disk. */
  async allocate(
    node: string,
    storage: string,
    vmid: number,
    format: string,
    size: number,
    options: { name?: string; task?: Task } = {},
  ): Promise<string> {
    const volume = await this.#reserve(node, storage, vmid, format, options.name);
    await this.#make(node, volume, size, options.task);
    return volume.volid;
  }

  /** Makes a full copy of a volume: an import, or a disk of a full clone. */
  async copy(
    source: { node: string; volid: string; snapshot?: string | undefined },
    target: { node: string; storage: string; vmid: number; format: string; name?: string },
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
    );
    const path = this.#storages.path(target.node, to);
    const command = `/usr/bin/qemu-img convert -p -n -f ${sourceFormat(from)} -O ${to.format} ${this.#storages.shownPath(from)} zeroinit:${this.#storages.shownPath(to)}`;
    try {
      task.log(
        `Formatting '${this.#storages.shownPath(to)}', fmt=${to.format} ${FORMATTING} size=${info.size} lazy_refcounts=off refcount_bits=16`,
      );
      task.log(`allocated target volume '${to.volid}'`);
      task.log(`transferred 0.0 B of ${humanSize(info.size)} (0.00%)`);
      if (!(await this.#storages.hasRoom(target.node, target.storage, bytes)))
        throw failure('qemu-img: error while writing at byte 0: No space left on device');
      await task.work();
      if (bwlimit > 0) await pause((bytes / (bwlimit * 1024)) * 1000, task.signal);
      await this.#qemuImg.convert(
        {
          path: fromPath,
          format: sourceFormat(from),
          backing: info.backing !== undefined,
          ...(source.snapshot !== undefined && { snapshot: source.snapshot }),
        },
        { path, format: to.format },
        task.signal,
      );
      task.log(`transferred ${humanSize(info.size)} of ${humanSize(info.size)} (100.00%)`);
      return to.volid;
    } catch (error) {
      await rm(path, { force: true });
      const text = error instanceof Error ? error.message : String(error);
      if (/interrupted by signal/.test(text))
        throw failure(`copy failed: command '${command}' failed: interrupted by signal`);
      task.log(this.#storages.disguise(text, target.node));
      throw failure(`copy failed: command '${command}' failed: exit code 1`);
    } finally {
      this.#storages.changed(target.node, target.storage);
    }
  }

  /** Makes a disk on top of a template's disk. */
  async linkedClone(node: string, baseVolid: string, vmid: number, task: Task): Promise<string> {
    const base = parseVolume(baseVolid);
    const { size } = await this.info(node, base);
    const own = await this.#reserve(node, base.storage, vmid, 'qcow2');
    const backing = `../${base.vmid}/${base.name}`;
    task.log(
      `clone ${base.volname}: images, ${own.name}, ${vmid} to ${own.name} (base=${backing})`,
    );
    task.log(
      `Formatting '${this.#storages.shownPath(own)}', fmt=qcow2 cluster_size=131072 extended_l2=on preallocation=metadata compression_type=zlib size=${size} backing_file=${backing} backing_fmt=${base.format} lazy_refcounts=off refcount_bits=16`,
    );
    await createQcow2(this.#storages.path(node, own), size, backing);
    this.#storages.changed(node, base.storage);
    return `${base.storage}:${base.volname}/${own.volname}`;
  }

  /** Turns a VM's disk into a template's: `vm-…` becomes `base-…`. */
  async makeBase(node: string, volid: string): Promise<string> {
    const volume = parseVolume(volid);
    if (volume.base !== undefined || volume.name.startsWith('base-')) {
      if (volume.name.startsWith('base-')) return volid;
      throw failure(`you can't convert a linked clone to a base image`);
    }
    const base = parseVolume(`${volume.storage}:${volume.volname.replace(/\/vm-/, '/base-')}`);
    await rename(this.#storages.path(node, volume), this.#storages.path(node, base));
    return base.volid;
  }

  /** The volumes that lie on top of a base image. */
  async clonesOf(node: string, base: Volume): Promise<string[]> {
    const images = join(this.#storages.root(node, base.storage), 'images');
    const wanted = `../${base.vmid}/${base.name}`;
    const found: string[] = [];
    for (const vmid of await readdir(images).catch(() => [])) {
      for (const name of await readdir(join(images, vmid)).catch(() => [])) {
        if (!name.endsWith('.qcow2')) continue;
        const info = await readDiskInfo(join(images, vmid, name), 'qcow2').catch(() => undefined);
        if (info?.backing === wanted) found.push(`${base.storage}:${base.volname}/${vmid}/${name}`);
      }
    }
    return found;
  }

  /** Virtual size and backing file of a volume. */
  async info(
    node: string,
    volume: Volume,
  ): Promise<{ size: number; backing?: string; used: number; ctime: number }> {
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
    if (size < now.size) await restoreQcow2Size(this.#storages.path(node, volume), size);
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
    await rm(path, { force: true });
    // PVE leaves no empty directory of a VM behind.
    if (volume.type === 'images') await rmdir(dirname(path)).catch(() => undefined);
    this.#storages.changed(node, volume.storage);
    return there;
  }

  /** All disks that a VM owns on a storage, whether its configuration names them or not. */
  async ownedBy(node: string, storage: string, vmid: number): Promise<string[]> {
    const names = await readdir(
      join(this.#storages.root(node, storage), 'images', String(vmid)),
    ).catch(() => []);
    return names
      .filter((name) => /\.(?:raw|qcow2|vmdk)$/.test(name))
      .map((name) => `${storage}:${vmid}/${name}`);
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
