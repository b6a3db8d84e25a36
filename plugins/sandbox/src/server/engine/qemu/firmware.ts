import { constants } from 'node:fs';
import { access, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../../app.js';
import { failure } from '../../errors.js';
import { parseDrive, volumeOf } from '../../qemu/drive.js';
import type { Vm } from '../../state/model.js';
import { parseVolume } from '../../storage/volumes.js';
import type { DriveFile, Machine } from './command/index.js';

/** Where distributions and PVE put OVMF: code and the variables that it starts with. */
const PLACES: readonly (readonly [string, string])[] = [
  ['/usr/share/pve-edk2-firmware/OVMF_CODE_4M.fd', '/usr/share/pve-edk2-firmware/OVMF_VARS_4M.fd'],
  ['/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'],
];

async function installed(): Promise<readonly [string, string]> {
  for (const place of PLACES) {
    const readable = await Promise.all(place.map((path) => access(path, constants.R_OK))).then(
      () => true,
      () => false,
    );
    if (readable) return place;
  }
  throw failure(
    `EFI base image '${PLACES[1]![0]}' not found: bios=ovmf needs it (apt install ovmf)`,
  );
}

/** UEFI's two flash chips; without an EFI disk the variables last until the VM stops. */
export async function firmwareOf(
  app: App,
  vm: Vm,
  runtimeDir: string,
): Promise<Machine['firmware']> {
  if (vm.config['bios'] !== 'ovmf') return undefined;
  const [code, template] = await installed();
  const text = vm.config['efidisk0'];
  const volid = text === undefined ? undefined : volumeOf(parseDrive('efidisk0', String(text)));
  if (volid === undefined) {
    const path = join(runtimeDir, `${vm.vmid}.efivars`);
    await copyFile(template, path);
    return { code, variables: { path, format: 'raw' } };
  }
  const volume = parseVolume(volid);
  const variables: DriveFile = {
    path: app.storages.path(vm.node, volume),
    format: volume.format,
  };
  // The sandbox makes an EFI disk empty; only the first start finds it so.
  if (vm.efiReady !== volid) {
    await app.qemuImg.command([
      'convert',
      '-f',
      'raw',
      '-O',
      variables.format,
      template,
      variables.path,
    ]);
    app.vms.change(vm, () => (vm.efiReady = volid));
  }
  return { code, variables };
}
