import { parseDiskSize } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { newDrive } from '../vm/drives.js';
import type { WantedVolume } from './tables.js';

/** What makes a drive or mount point that is not there: `fast:20,ssd=1`. @throws RequestError `PMX_INVALID_MANIFEST` */
export function newVolume(
  label: string,
  slot: string,
  volume: WantedVolume,
  storage: string | undefined,
): string {
  if (volume.iso !== undefined) return `${volume.iso ?? 'none'},media=cdrom`;
  const place = volume.storage ?? storage;
  if (place === undefined) throw refuse(`${label}: ${slot} names no storage`, 'storage: local-lvm');
  if (volume.cloudInit) return `${place}:cloudinit`;
  if (slot === 'efidisk0')
    return `${place}:1,efitype=4m,pre-enrolled-keys=${Number(volume.secureBoot === true)}`;
  if (slot === 'tpmstate0') return `${place}:1,version=v2.0`;
  if (volume.size === undefined)
    throw refuse(`${label}: ${slot} is new and has no size`, 'size: 20G');
  if (/^mp\d+$/.test(slot) && volume.path === undefined)
    throw refuse(`${label}: ${slot} is new and has no path`, 'path: /data');
  const options = {
    ...(volume.path !== undefined && { mp: volume.path }),
    ...(volume.format !== undefined && { format: volume.format }),
    ...volume.options,
  };
  return newDrive({ size: parseDiskSize(volume.size), options }, place);
}

function refuse(what: string, example: string): RequestError {
  return new RequestError({
    code: 'PMX_INVALID_MANIFEST',
    message: `${what}.`,
    hints: [`For example: ${example}`, 'docs/manifests.md lists all fields; nothing was changed.'],
  });
}
