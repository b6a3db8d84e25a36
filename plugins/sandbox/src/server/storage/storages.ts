import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../errors.js';
import type { Settings } from '../options.js';
import type { StorageConfig } from '../state/model.js';
import type { Store } from '../state/store.js';
import { typeOf } from './types.js';
import { isBlockName } from './volumes.js';
import type { Volume } from './volumes.js';

/** The configured storages, where their files are, and how full they are. */
export class Storages {
  readonly #store: Store;
  readonly #settings: Settings;
  readonly #used = new Map<string, Promise<number>>();
  /** A fault may make a storage smaller than it says it is. */
  limit: (node: string, id: string) => number | undefined = () => undefined;

  constructor(store: Store, settings: Settings) {
    this.#store = store;
    this.#settings = settings;
  }

  /** The configuration of a storage that can be used on a node. */
  get(id: string, node?: string): StorageConfig {
    const config = this.#store.state.storages[id];
    if (!config) throw failure(`storage '${id}' does not exist`);
    if (config.disable) throw failure(`storage '${id}' is disabled`);
    if (node !== undefined && config.nodes && !config.nodes.includes(node))
      throw failure(`storage '${id}' is not available on node '${node}'`);
    return config;
  }

  /** The configuration of a storage, also of a disabled one. */
  find(id: string): StorageConfig | undefined {
    return this.#store.state.storages[id];
  }

  /** The storages of a node, also the disabled ones. */
  onNode(node: string): [string, StorageConfig][] {
    return Object.entries(this.#store.state.storages).filter(
      ([, config]) => !config.nodes || config.nodes.includes(node),
    );
  }

  isShared(id: string): boolean {
    const config = this.#store.state.storages[id];
    return config !== undefined && (config.shared === 1 || typeOf(config).network === true);
  }

  /** Throws when a storage has no directories to put files into. */
  requireFiles(config: StorageConfig): void {
    if (!typeOf(config).files)
      throw failure(`can't upload to storage type '${config.type}', not a file based storage!`);
  }

  /** The real directory of a storage as a node sees it. */
  root(node: string, id: string): string {
    return this.isShared(id)
      ? join(this.#settings.dataDir, 'storages', 'shared', id)
      : join(this.#settings.dataDir, 'storages', node, id);
  }

  /** The real path of a volume. */
  path(node: string, volume: Volume): string {
    this.#checkName(volume);
    return join(this.root(node, volume.storage), volume.relativePath);
  }

  /** A file has no name as a block device has, and the other way round. */
  #checkName({ storage, volname }: Volume): void {
    const config = this.#store.state.storages[storage];
    if (!config || isBlockName(volname) !== typeOf(config).files) return;
    const kinds: Readonly<Record<string, string>> = { lvm: 'lvm', lvmthin: 'lvm', zfspool: 'zfs' };
    throw failure(`unable to parse ${kinds[config.type] ?? 'directory'} volume name '${volname}'`);
  }

  /** The path that a real server would show. */
  shownPath(volume: Volume): string {
    this.#checkName(volume);
    const config = this.get(volume.storage);
    return typeOf(config).files
      ? `${config.path}/${volume.relativePath}`
      : `${config.path}/${volume.name}`;
  }

  /** Puts the paths of a real server in place of this machine's. */
  disguise(text: string, node: string): string {
    let result = text;
    for (const [id, config] of Object.entries(this.#store.state.storages)) {
      const pieces = result.split(this.root(node, id));
      const rest = pieces.slice(1).map((piece) => config.path + shownBelow(config, piece));
      result = [pieces[0]!, ...rest].join('');
    }
    return result.replaceAll(join(this.#settings.dataDir, 'tmp'), '/var/tmp');
  }

  /** Makes a storage's directories, as PVE does when it activates one. */
  async activate(node: string, id: string): Promise<void> {
    const root = this.root(node, id);
    const wanted = new Set(this.get(id).content);
    const directories = [
      ...(wanted.has('iso') ? ['template/iso'] : []),
      ...(wanted.has('vztmpl') ? ['template/cache'] : []),
      ...(wanted.has('import') ? ['import'] : []),
      ...(wanted.has('images') ? ['images'] : []),
      ...(wanted.has('snippets') ? ['snippets'] : []),
      ...(wanted.has('backup') ? ['dump'] : []),
    ];
    for (const directory of directories) await mkdir(join(root, directory), { recursive: true });
    await mkdir(root, { recursive: true });
  }

  get capacity(): number {
    return this.#settings.capacityBytes;
  }

  /** How many bytes the files of a storage take. */
  used(node: string, id: string): Promise<number> {
    const root = this.root(node, id);
    let used = this.#used.get(root);
    if (!used) {
      used = allocated(root, this.#isThick(id));
      this.#used.set(root, used);
    }
    return used;
  }

  /** Says that a storage's files have changed. */
  changed(node: string, id: string): void {
    this.#used.delete(this.root(node, id));
  }

  #isThick(id: string): boolean {
    const config = this.#store.state.storages[id];
    return config !== undefined && typeOf(config).thick?.(config.options ?? {}) === true;
  }

  /** How many more bytes fit; less than none when it is overfull. */
  async room(node: string, id: string): Promise<number> {
    const size = Math.min(this.capacity, this.limit(node, id) ?? Infinity);
    return size - (await this.used(node, id));
  }

  /** Is there room for that many more bytes? */
  async hasRoom(node: string, id: string, bytes: number): Promise<boolean> {
    return bytes <= (await this.room(node, id));
  }

  /** The checksum of storage.cfg. */
  digest(): string {
    return createHash('sha1').update(JSON.stringify(this.#store.state.storages)).digest('hex');
  }
}

/** The rest of a path below a storage's root, as a real server would show it. */
function shownBelow(config: StorageConfig, rest: string): string {
  return typeOf(config).files ? rest : rest.replace(/^\/images\/\d+\/([^/\s:']+)\.raw/, '/$1');
}

async function allocated(directory: string, thick: boolean): Promise<number> {
  let total = 0;
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true }).catch(
    () => [],
  )) {
    if (!entry.isFile()) continue;
    // A file may be deleted meanwhile.
    const found = await lstat(join(entry.parentPath, entry.name)).catch(() => undefined);
    total += thick ? (found?.size ?? 0) : (found?.blocks ?? 0) * 512;
  }
  return total;
}
