import type { App } from '../app.js';
import { failure } from '../errors.js';
import type { Vm, VmConfig } from '../state/model.js';
import { parseSize } from '../storage/disk-format.js';
import { parseVolume } from '../storage/volumes.js';
import type { Volume } from '../storage/volumes.js';
import { isCdrom, isCloudInit, isDiskKey, parseDrive, volumeOf } from './drive.js';

/** A volume that only the VM's present node has. */
export interface LocalVolume {
  volume: Volume;
  /** The drive that holds it; undefined when only snapshots do. */
  key: string | undefined;
  cdrom: boolean;
  cloudInit: boolean;
  vmstate: boolean;
  inSnapshot: boolean;
  size: number | undefined;
  replicate: boolean;
}

function addFrom(
  app: App,
  found: Map<string, LocalVolume>,
  config: VmConfig,
  inSnapshot: boolean,
): void {
  for (const key of Object.keys(config).filter(isDiskKey).sort()) {
    const drive = parseDrive(key, String(config[key]));
    const volid = volumeOf(drive);
    if (volid === undefined) continue;
    const volume = parseVolume(volid);
    if (app.storages.isShared(volume.storage)) continue;
    const known = found.get(volid);
    if (known) {
      known.inSnapshot ||= inSnapshot;
      continue;
    }
    const { size, replicate } = drive;
    found.set(volid, {
      volume,
      key: inSnapshot ? undefined : key,
      cdrom: isCdrom(drive),
      cloudInit: isCloudInit(drive),
      vmstate: false,
      inSnapshot,
      size: size === undefined ? undefined : parseSize(String(size)),
      replicate: replicate !== 0,
    });
  }
}

/** Everything that would have to be copied to another node, and CD-ROMs that cannot be. */
export function localVolumes(app: App, vm: Vm): LocalVolume[] {
  const found = new Map<string, LocalVolume>();
  addFrom(app, found, vm.config, false);
  for (const { config, vmstate } of Object.values(vm.snapshots ?? {})) {
    addFrom(app, found, config, true);
    if (vmstate === undefined) continue;
    const volume = parseVolume(vmstate);
    if (app.storages.isShared(volume.storage)) continue;
    const plain = { key: undefined, cdrom: false, cloudInit: false, replicate: false };
    found.set(vmstate, { volume, ...plain, vmstate: true, inSnapshot: true, size: undefined });
  }
  return [...found.values()];
}

/** Every storage that a VM's drives use. */
export function storagesOf(vm: Vm): string[] {
  const names = Object.keys(vm.config)
    .filter(isDiskKey)
    .flatMap((key) => volumeOf(parseDrive(key, String(vm.config[key]))) ?? []);
  return [...new Set(names.map((volid) => parseVolume(volid).storage))].sort();
}

/** Devices of the host that a VM uses, and those that a mapping finds on each node. */
export function hostDevices(config: VmConfig): { local: string[]; mapped: string[] } {
  const local: string[] = [];
  const mapped: string[] = [];
  for (const key of Object.keys(config).sort()) {
    const value = String(config[key]);
    if (/^(?:hostpci|usb)\d+$/.test(key)) {
      if (/(?:^|,)mapping=/.test(value)) mapped.push(key);
      else if (!/^(?:host=)?spice/i.test(value)) local.push(key);
    } else if (/^parallel\d+$/.test(key) || (/^serial\d+$/.test(key) && value.startsWith('/dev/')))
      local.push(key);
    else if (key === 'ivshmem') local.push(key);
  }
  return { local, mapped };
}

/** Which storage takes over from which; `1` and nothing mean the same name. */
export interface StorageMap {
  fallback: string | undefined;
  entries: ReadonlyMap<string, string>;
  identity: boolean;
}

/** Reads `targetstorage`: `1`, one storage for all, or pairs. */
export function parseStorageMap(items: readonly string[]): StorageMap {
  const entries = new Map<string, string>();
  let fallback: string | undefined;
  let identity = items.length === 0;
  for (const item of items) {
    const [from = '', to] = item.split(':');
    if (item === '1') identity = true;
    else if (to !== undefined) {
      if (entries.has(from)) throw failure(`duplicate mapping for '${from}'`);
      entries.set(from, to);
    } else if (fallback !== undefined) throw failure('target storage given twice');
    else fallback = item;
  }
  if (identity && (fallback !== undefined || entries.size > 0))
    throw failure('identity mapping cannot be combined with other mappings');
  return { fallback, entries, identity };
}

/** The storage that takes a volume of this one. */
export function mapStorage(map: StorageMap, storage: string): string {
  return map.entries.get(storage) ?? map.fallback ?? storage;
}
