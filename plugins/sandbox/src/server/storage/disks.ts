import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readDiskInfo } from './disk-info.js';
import { diskName, readParent } from './names.js';
import type { Storages } from './storages.js';
import { typeOf } from './types.js';
import type { Volume } from './volumes.js';

/** Looks for the disks of VMs in the storages' directories. */
export class Disks {
  readonly #storages: Storages;

  constructor(storages: Storages) {
    this.#storages = storages;
  }

  #directory(node: string, storage: string): string {
    return join(this.#storages.root(node, storage), 'images');
  }

  /** The volumes that lie on top of a base image. */
  async clonesOf(node: string, base: Volume): Promise<string[]> {
    const images = this.#directory(node, base.storage);
    const found: string[] = [];
    for (const vmid of await readdir(images).catch(() => []))
      for (const name of await readdir(join(images, vmid)).catch(() => [])) {
        const volname = await this.#cloneName(join(images, vmid, name), base, vmid, name);
        if (volname !== undefined) found.push(`${base.storage}:${volname}`);
      }
    return found;
  }

  /** The name of a file's volume if it lies on top of that base. */
  async #cloneName(
    path: string,
    base: Volume,
    vmid: string,
    name: string,
  ): Promise<string | undefined> {
    const config = this.#storages.find(base.storage);
    if (config && !typeOf(config).files)
      return (await readParent(path)) === base.name
        ? diskName(config, Number(vmid), name, base.name)
        : undefined;
    if (!name.endsWith('.qcow2')) return undefined;
    const info = await readDiskInfo(path, 'qcow2').catch(() => undefined);
    const wanted = `../${base.vmid}/${base.name}`;
    return info?.backing === wanted ? `${base.volname}/${vmid}/${name}` : undefined;
  }

  /** All disks that a VM owns on a storage, whether its configuration names them or not. */
  async ownedBy(node: string, storage: string, vmid: number): Promise<string[]> {
    const config = this.#storages.find(storage);
    if (!config) return [];
    const directory = join(this.#directory(node, storage), String(vmid));
    return (await readdir(directory).catch(() => [])).flatMap((name) => {
      const volname = diskName(config, vmid, name);
      return volname === undefined ? [] : [`${storage}:${volname}`];
    });
  }

  /** Is there a disk of this name already, in whatever format? */
  async isTaken(node: string, storage: string, vmid: number, stem: string): Promise<boolean> {
    const directory = join(this.#directory(node, storage), String(vmid));
    return (await readdir(directory).catch(() => [])).some(
      (name) => name.replace(/(?:\.\w+)+$/, '') === stem,
    );
  }
}
