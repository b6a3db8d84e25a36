import type { StorageConfig } from '../state/model.js';
import { typeOf } from './types.js';
import type { Volume } from './volumes.js';

const FORMATTING =
  'cluster_size=65536 extended_l2=off preallocation=metadata compression_type=zlib';

/** What PVE logs when it makes a volume; ZFS says nothing. */
export function creationLine(
  config: StorageConfig,
  volume: Volume,
  shownPath: string,
  size: number,
): string | undefined {
  if (typeOf(config).files) {
    const options =
      volume.format === 'qcow2'
        ? `${FORMATTING} size=${size} lazy_refcounts=off refcount_bits=16`
        : `size=${size}${volume.format === 'raw' ? ' preallocation=off' : ''}`;
    return `Formatting '${shownPath}', fmt=${volume.format} ${options}`;
  }
  return config.type === 'zfspool' ? undefined : `  Logical volume "${volume.name}" created.`;
}

/** What PVE says when there is no room for a new volume. */
export function noRoomText(config: StorageConfig, volume: Volume, shownPath: string): string {
  const at = (key: string): string => String(config.options?.[key]);
  if (config.type === 'zfspool')
    return `zfs error: cannot create '${at('pool')}/${volume.name}': out of space`;
  if (!typeOf(config).files)
    return `lvcreate '${at('vgname')}/${volume.name}' error:   Volume group "${at('vgname')}" has insufficient free space`;
  return `unable to create image: qemu-img: ${shownPath}: error while writing metadata: No space left on device`;
}
