import { parsePropertyString } from '../api/property-string.js';
import type { Properties } from '../api/property-string.js';
import type { SubParam } from '../api/types.js';
import { failure } from '../errors.js';
import type { VmConfig } from '../state/model.js';
import { isVolid } from '../storage/volumes.js';

const MOUNT_OPTION = '(?:discard|lazytime|noatime|nodev|noexec|nosuid)';
const ID_RANGE = '[ug]:[0-9]+:[0-9]+:[1-9][0-9]*';
const flag = (): SubParam => ({ type: 'boolean', optional: 1 });

export const ROOTFS_SCHEMA: Readonly<Record<string, SubParam>> = {
  volume: { type: 'string', format: 'pve-lxc-mp-string', default_key: 1 },
  acl: flag(),
  idmap: { type: 'string', optional: 1, pattern: `passthrough|${ID_RANGE}(?:;${ID_RANGE})*` },
  mountoptions: { type: 'string', optional: 1, pattern: `${MOUNT_OPTION}(?:;${MOUNT_OPTION})*` },
  quota: flag(),
  replicate: flag(),
  ro: flag(),
  shared: flag(),
  size: { type: 'string', optional: 1, format: 'disk-size' },
};

export const MP_SCHEMA: Readonly<Record<string, SubParam>> = {
  ...ROOTFS_SCHEMA,
  mp: { type: 'string', format: 'pve-lxc-mp-string' },
  backup: flag(),
  keepattrs: flag(),
};

export type MountPoint = Properties & { volume: string };

/** rootfs and mp0…mp255, in PVE's order. */
export const MOUNT_POINTS = ['rootfs', ...Array.from({ length: 256 }, (_, n) => `mp${n}`)];

/** Is it a place where the container sees a volume? */
export function isMountPoint(key: string): boolean {
  return key === 'rootfs' || /^mp\d{1,3}$/.test(key);
}

/** A mount point, or a volume that none uses any more. */
export function isVolumeKey(key: string): boolean {
  return isMountPoint(key) || /^unused\d{1,3}$/.test(key);
}

export function parseMountPoint(key: string, text: string): MountPoint {
  const unused = { volume: ROOTFS_SCHEMA['volume']! };
  const schema = key === 'rootfs' ? ROOTFS_SCHEMA : key.startsWith('mp') ? MP_SCHEMA : unused;
  return parsePropertyString(schema, text) as MountPoint;
}

/** Writes a mount point as PVE does: volume, path, the rest in alphabetical order. */
export function printMountPoint({ volume, mp, ...rest }: MountPoint): string {
  return [
    volume,
    ...(mp === undefined ? [] : [`mp=${String(mp)}`]),
    ...Object.keys(rest)
      .sort()
      .map((key) => `${key}=${String(rest[key])}`),
  ].join(',');
}

/** `local:8` asks for a new volume of 8 GiB; 0 means a directory without a limit. */
export function wantedVolume(volume: string): { storage: string; gib: number } | undefined {
  const match = /^([a-z][a-z0-9\-_.]*[a-z0-9]):(\d+(?:\.\d+)?)$/i.exec(volume);
  return match ? { storage: match[1]!, gib: Number(match[2]) } : undefined;
}

/** The keys of a configuration in PVE's order: rootfs first. */
export function volumeKeys(
  config: VmConfig,
  which: (key: string) => boolean = isMountPoint,
): string[] {
  const rank = (key: string): string => (key === 'rootfs' ? '' : key);
  return Object.keys(config)
    .filter(which)
    .sort((left, right) => rank(left).localeCompare(rank(right), 'en', { numeric: true }));
}

/** The mount points of a configuration that are storage volumes; directories and devices of the host are not. */
export function volumesIn(
  config: VmConfig,
  which: (key: string) => boolean = isMountPoint,
): { key: string; point: MountPoint; volid: string }[] {
  return volumeKeys(config, which).flatMap((key) => {
    const point = parseMountPoint(key, String(config[key]));
    return isVolid(point.volume) ? [{ key, point, volid: point.volume }] : [];
  });
}

/** The mount point of this name; PVE's error when the container has none. */
export function mountPointOf(config: VmConfig, key: string): MountPoint {
  const text = config[key];
  if (text === undefined) throw failure(`volume '${key}' does not exist`);
  return parseMountPoint(key, String(text));
}
