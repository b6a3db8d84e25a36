import {
  type DiskSize,
  type Guest,
  type Inventory,
  type ParallelSteps,
  type Plan,
  type PveReader,
  ref,
  type Step,
  text,
} from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import {
  bootDisk,
  bytesToSize,
  type Drive,
  drivesOf,
  freeMediumSlot,
  type GuestConfig,
  sizeToBytes,
} from '../shared/guest-config.js';
import {
  chooseStorage,
  chooseVmid,
  requireBridges,
  requirePool,
  requireStorage,
} from '../shared/places.js';
import { twinNotes } from '../shared/twins.js';
import { ownTags } from '../template/clone.js';
import { sourceNote } from '../template/record.js';
import { checkSeed, nativeSettings, readPublicKeys } from './cloud-init.js';
import { newDrives } from './create-blank.js';
import type { VmCreateRequest } from './create-request.js';
import type { DriveRequest } from './drives.js';
import {
  addDisksStep,
  cloneStep,
  mediumSettings,
  startSteps,
  storageOf,
  uploadStep,
} from './create-steps.js';

/**
 * Template → VM: clone (beside it the upload of own cloud-init files), configure, resize, start.
 * @throws RequestError for names, sizes, addresses, files and places that cannot be
 */
export async function planVmCreate(
  pve: PveReader,
  inventory: Inventory,
  request: VmCreateRequest,
): Promise<Plan> {
  const { template, name } = request;
  const node =
    request.node === undefined ? template.node : (await inventory.node(request.node)).node;
  const layout = await checkSeed(request.cloudInit);
  const config = await pve.get<GuestConfig>(`/nodes/${template.node}/qemu/${template.vmid}/config`);
  const [clone, vmid, iso, keys, twins] = await Promise.all([
    chooseClone(pve, request),
    chooseVmid(pve, inventory, request.vmid, request.vmids, request.plannedVmid),
    layout &&
      chooseStorage(inventory, node, 'iso', request.isoStorage, storageOf(bootDisk(config)?.volid)),
    readPublicKeys(request.cloudInit.sshKeyFiles),
    twinNotes(inventory, name),
    request.networks.length > 0 ? requireBridges(pve, node, request.networks) : undefined,
    request.storage === undefined
      ? undefined
      : requireStorage(inventory, node, request.storage, 'images'),
    request.pool === undefined ? undefined : requirePool(pve, request.pool),
  ]);
  const { resizes, drives: wanted } = splitDrives(config, request);
  const seed = layout && iso ? { layout, storage: iso.storage } : undefined;
  const media = mediumSettings(config, seed, name, request);
  const settings = {
    ...(request.memoryMebibytes !== undefined && { memory: request.memoryMebibytes }),
    ...(request.cores !== undefined && { cores: request.cores }),
    ...Object.fromEntries(request.networks.map((device, index) => [`net${index}`, device.pve])),
    ...(request.tags ? { tags: request.tags.join(';') } : ownTags(template).set),
    ...request.settings,
    ...nativeSettings(request.cloudInit, keys),
    ...media,
    ...(request.iso !== undefined && {
      [freeMediumSlot({ ...config, ...media })]: `${request.iso},media=cdrom`,
    }),
  };
  const drives = await newDrives(
    inventory,
    node,
    { ...config, ...settings },
    {
      ...request,
      drives: wanted,
      storage: request.storage ?? storageOf(bootDisk(config)?.volid),
    },
  );
  const path = text`/nodes/${node}/qemu/${ref('vmid')}`;
  const first: Step[] = [
    ...(seed ? [uploadStep(node, seed, name, request.cloudInit.files)] : []),
    cloneStep(node, clone.kind, seed, request, sourceNote(template, config['description'])),
  ];
  const steps: Array<Step | ParallelSteps> = [
    ...(first.length > 1 ? [{ parallel: first }] : first),
    ...(Object.keys(settings).length > 0
      ? [
          {
            id: 'configure',
            title: `Configure ${name}`,
            kind: 'pve.call',
            args: { method: 'PUT', path: text`${path}/config`, params: settings, idempotent: true },
          } satisfies Step,
        ]
      : []),
    ...(Object.keys(drives).length > 0 ? [addDisksStep(name, path, drives)] : []),
    ...resizes.map((resize): Step => ({
      id: resizes.length === 1 ? 'resize' : `resize-${resize.slot}`,
      title: `Resize disk ${resize.slot} to ${resize.size}`,
      kind: 'pve.call',
      args: {
        method: 'PUT',
        path: text`${path}/resize`,
        params: { disk: resize.slot, size: resize.size },
        lookup: { type: 'resize', id: ref('vmid') },
      },
    })),
    ...(request.start ? startSteps(node, name, path, request.wait) : []),
  ];
  return {
    operation: 'vm.create',
    target: `VM ${name}`,
    title: `Create VM ${name} from template ${template.vmid} (${template.name}) on node ${node}`,
    steps,
    variables:
      request.start && request.wait && request.wait.until !== 'agent'
        ? { vmid }
        : { vmid, address: null },
    notes: [...clone.notes, ...twins],
    result: {
      vmid: ref('vmid'),
      name,
      node,
      template: { vmid: template.vmid, name: template.name },
      clone: clone.kind,
      started: request.start,
      address: ref('address'),
      operation: ref('operation'),
    },
  };
}

/** Asks PVE whether the template's storage can do linked clones, rather than let the clone fail. */
async function chooseClone(
  pve: PveReader,
  { template, clone, storage }: VmCreateRequest,
): Promise<{ kind: 'linked' | 'full'; notes: string[] }> {
  if (clone === 'linked' && storage !== undefined) {
    throw new RequestError({
      code: 'PMX_LINKED_CLONE_STORAGE',
      message:
        'A linked clone lives on the storage of its template, so --storage does not go with --linked.',
      hints: ['Leave --storage out, or take a full clone: --full.'],
    });
  }
  if (clone === 'full' || storage !== undefined) return { kind: 'full', notes: [] };
  const { hasFeature } = await pve.get<{ hasFeature: number | boolean }>(
    `/nodes/${template.node}/qemu/${template.vmid}/feature`,
    { feature: 'clone' },
  );
  if (hasFeature) return { kind: 'linked', notes: [] };
  if (clone === 'linked') {
    throw new RequestError({
      code: 'PMX_LINKED_CLONE_UNSUPPORTED',
      message: `The storage of template ${template.vmid} (${template.name}) cannot make linked clones.`,
      hints: ['Leave --linked out, or say --full.'],
    });
  }
  return {
    kind: 'full',
    notes: ["The template's storage cannot make linked clones: taking a full one."],
  };
}

interface Resize {
  slot: string;
  size: string;
}

/** Disks that the template has grow; the others are new. */
function splitDrives(
  config: GuestConfig,
  { drives = [], disk, template }: VmCreateRequest,
): { resizes: Resize[]; drives: DriveRequest[] } {
  const has = ({ slot }: DriveRequest): boolean => slot !== undefined && config[slot] !== undefined;
  const disks = drivesOf(config);
  const resizes = [
    ...(disk ? [targetSize(bootDisk(config), disk, template)] : []),
    ...drives.filter(has).map(({ slot, size }) =>
      targetSize(
        disks.find((known) => known.slot === slot && known.kind === 'disk'),
        size,
        template,
      ),
    ),
  ];
  return {
    resizes: resizes.filter((resize) => resize !== undefined),
    drives: drives.filter((drive) => !has(drive)),
  };
}

/** @throws RequestError `PMX_DISK_SHRINK`, `PMX_NO_DISK` */
function targetSize(first: Drive | undefined, disk: DiskSize, template: Guest): Resize | undefined {
  const present = sizeToBytes(first?.size);
  if (!first || present === undefined) {
    throw new RequestError({
      code: 'PMX_NO_DISK',
      message: `Template ${template.vmid} (${template.name}) has no disk to resize.`,
      hints: [`pmx vm show ${template.vmid} shows its drives.`],
    });
  }
  const wanted = disk.relative ? present + disk.bytes : disk.bytes;
  if (wanted < present) {
    throw new RequestError({
      code: 'PMX_DISK_SHRINK',
      message: `Disk ${first.slot} of template ${template.vmid} (${template.name}) has ${first.size}; it cannot be shrunk to ${disk.pve}.`,
      hints: [`Ask for ${first.size} or more, or leave --disk out.`],
    });
  }
  // Absolute, so that asking twice after a lost answer does not add twice.
  return wanted === present ? undefined : { slot: first.slot, size: bytesToSize(wanted) };
}
