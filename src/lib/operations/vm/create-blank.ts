import {
  type Inventory,
  markerLine,
  type Plan,
  type PveReader,
  ref,
  type Step,
  text,
  type Value,
} from '@pmx-cli/kit';

import { freeMediumSlot, type GuestConfig } from '../shared/guest-config.js';
import {
  chooseNode,
  chooseStorage,
  chooseVmid,
  requireBridges,
  requirePool,
} from '../shared/places.js';
import { twinNotes } from '../shared/twins.js';
import { checkSeed, nativeSettings, readPublicKeys } from './cloud-init.js';
import type { BlankVmRequest } from './create-request.js';
import {
  mediumSettings,
  ownWords,
  seedVolid,
  startSteps,
  today,
  uploadStep,
} from './create-steps.js';
import { newDrive, placeDrives } from './drives.js';
import { isoRecord } from './seed-iso.js';

/**
 * A VM without a template, in one call: what it has is all in its configuration.
 * @throws RequestError for sizes, slots and places that cannot be
 */
export async function planBlankVm(
  pve: PveReader,
  inventory: Inventory,
  request: BlankVmRequest,
): Promise<Plan> {
  const { name, pool, tags, cloudInit } = request;
  const node = await chooseNode(inventory, request.node);
  const layout = await checkSeed(cloudInit);
  const [drives, vmid, keys, notes, seed] = await Promise.all([
    newDrives(inventory, node, {}, request),
    chooseVmid(pve, inventory, request.vmid, request.vmids, request.plannedVmid),
    readPublicKeys(cloudInit.sshKeyFiles),
    twinNotes(inventory, name),
    layout &&
      chooseStorage(inventory, node, 'iso', request.isoStorage).then(({ storage }) => ({
        layout,
        storage,
      })),
    requireBridges(pve, node, request.networks),
    pool === undefined ? undefined : requirePool(pve, pool),
  ]);
  const networks = Object.fromEntries(
    request.networks.map((device, index) => [`net${index}`, device.pve]),
  );
  const iso =
    request.iso === undefined
      ? undefined
      : {
          slot: drives['ide2'] === undefined ? 'ide2' : freeMediumSlot(drives),
          volid: request.iso,
        };
  const media = {
    ...(iso && { [iso.slot]: `${iso.volid},media=cdrom` }),
  };
  const storage = Object.values(drives)[0]?.split(':', 1)[0] ?? request.storage;
  const boot = bootOrder({ ...request.settings, ...drives, ...media, ...networks });
  const params: Record<string, Value | undefined> = {
    ...(boot !== undefined && { boot }),
    ...(request.memoryMebibytes !== undefined && { memory: request.memoryMebibytes }),
    ...(request.cores !== undefined && { cores: request.cores }),
    ...request.settings,
    ...drives,
    ...media,
    ...networks,
    ...nativeSettings(cloudInit, keys),
    ...mediumSettings({ ...drives, ...media }, seed || undefined, name, { ...request, storage }),
  };
  // Tags in the create call need a right on /vms that a pool does not give.
  const tagLater = pool !== undefined && tags !== undefined;
  const lookup = { type: 'qmcreate', id: ref('vmid') };
  const path = text`/nodes/${node}/qemu/${ref('vmid')}`;
  const record = seed ? text`\n${isoRecord(seedVolid(seed, name))}` : '';
  const create: Step = {
    id: 'create',
    title: `Create VM ${name}`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: `/nodes/${node}/qemu`,
      vmidVariable: request.vmid === undefined ? 'vmid' : undefined,
      ...(request.vmid === undefined && request.vmids !== undefined && { vmids: request.vmids }),
      lookup,
      params: {
        vmid: ref('vmid'),
        name,
        ...params,
        ...(pool !== undefined && { pool }),
        ...(tags !== undefined && !tagLater && { tags: tags.join(';') }),
        description: text`${ownWords(request.description)}Made by pmx on ${today()}\n${markerLine}${record}`,
      },
    },
    undo: [
      {
        title: `Remove VM ${name}`,
        kind: 'pve.discard-guest',
        args: { node, vmid: ref('vmid'), lookup },
      },
    ],
  };
  const tag: Step = {
    id: 'tag',
    title: `Tag ${name}`,
    kind: 'pve.call',
    args: {
      method: 'PUT',
      path: text`${path}/config`,
      params: { tags: tags?.join(';') },
      idempotent: true,
    },
  };
  return {
    operation: 'vm.create',
    target: `VM ${name}`,
    title: `Create VM ${name} on node ${node}`,
    steps: [
      ...(seed ? [uploadStep(node, seed, name, cloudInit.files)] : []),
      create,
      ...(tagLater ? [tag] : []),
      ...(request.start ? startSteps(node, name, path, request.wait) : []),
    ],
    variables:
      request.start && request.wait && request.wait.until !== 'agent'
        ? { vmid }
        : { vmid, address: null },
    notes,
    result: {
      vmid: ref('vmid'),
      name,
      node,
      template: null,
      clone: null,
      started: request.start,
      address: ref('address'),
      operation: ref('operation'),
    },
  };
}

/** A disk that is empty falls through to the installer; once that is done, the disk comes first. */
function bootOrder(given: Record<string, string | number>): string | undefined {
  const devices = Object.fromEntries(
    Object.entries(given).map(([slot, value]) => [slot, String(value)]),
  );
  const slots = Object.keys(devices).filter((slot) => !/:cloudinit\b/.test(devices[slot]!));
  const disks = slots.filter(
    (slot) => /^(?:scsi|virtio|sata|ide)\d+$/.test(slot) && !/media=cdrom/.test(devices[slot]!),
  );
  const media = slots.filter((slot) => /media=cdrom/.test(devices[slot]!));
  const order = [...disks.slice(0, 1), ...media, ...slots.filter((slot) => slot === 'net0')];
  return order.length > 0 ? `order=${order.join(';')}` : undefined;
}

/** Volumes that come into being with the VM: disks, UEFI variables, the TPM's state. */
export async function newDrives(
  inventory: Inventory,
  node: string,
  config: GuestConfig,
  { drives = [], efi, tpm, storage }: BlankVmRequest,
): Promise<Record<string, string>> {
  const made: Record<string, string> = {};
  const place = async (asked: string | undefined): Promise<string> =>
    (await chooseStorage(inventory, node, 'images', asked ?? storage)).storage;
  for (const drive of placeDrives(drives, config))
    made[drive.slot] = newDrive(drive, await place(drive.storage));
  if (efi && config['efidisk0'] === undefined)
    made['efidisk0'] =
      `${await place(undefined)}:1,efitype=4m,pre-enrolled-keys=${Number(efi.secureBoot)}`;
  if (tpm && config['tpmstate0'] === undefined)
    made['tpmstate0'] = `${await place(undefined)}:1,version=v2.0`;
  return made;
}
