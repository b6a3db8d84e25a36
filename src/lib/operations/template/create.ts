import {
  type Inventory,
  markerLine,
  type NetworkDevice,
  type Plan,
  type PveReader,
  ref,
  type Step,
  text,
} from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import {
  chooseNode,
  chooseStorage,
  chooseVmid,
  requireBridges,
  requirePool,
} from '../shared/places.js';
import { type BakeRequest, bakes, readBake } from './bake/recipe.js';
import { bakeSteps, seedDrive, seedSlot, seedUpload } from './bake/steps.js';
import { type ImageRequest, type SourceImage, sourceImage } from './image-source.js';
import { newVersion } from './publish.js';
import { recordLine, type TemplateRecord } from './record.js';

export interface TemplateCreateRequest extends ImageRequest {
  name?: string;
  vmid?: number;
  /** The id that it begins with, when several are planned at once. */
  plannedVmid?: number;
  /** Range for the VMID when none is given. */
  vmids?: string;
  pool?: string;
  node?: string;
  /** For the template's disks. */
  storage?: string;
  /** For the uploaded image, which is removed afterwards. */
  importStorage?: string;
  /** Format of the disk on the storage; the storage's own choice when left out. */
  format?: 'qcow2' | 'raw' | 'vmdk';
  memoryMebibytes: number;
  cores: number;
  networks: readonly NetworkDevice[];
  /** Further options of the configuration, by their names in PVE. */
  settings?: Readonly<Record<string, string | number>>;
  /** More options of the disk: `,ssd=1`. */
  diskOptions?: string;
  /** UEFI variables, and whether Microsoft's keys are in them. */
  efi?: { secureBoot: boolean };
  tpm?: boolean;
  cloudInit: 'native' | 'none';
  /** What to put into it, by booting it once. */
  bake?: BakeRequest;
  tags: readonly string[];
  /** `2026.11.20`, or `auto` for that of today; left out: it is no version of its name. */
  version?: string;
  /** Leave the name with the version that has it now. */
  keepLatest?: boolean;
  /** Nodes whose older versions lose the name by this one; all when left out. */
  retires?: ((node: string) => boolean) | undefined;
  /** More to remember of how it came about. */
  record?: Pick<TemplateRecord, 'build' | 'settings' | 'catalog' | 'recipe' | 'source'>;
}

export interface TemplateCreateResult {
  vmid: number;
  name: string;
  /** Null for a template without versions. */
  version: string | null;
  node: string;
  storage: string;
  image: {
    /** Path or URL. */
    path: string;
    format: string;
    /** Null where the publisher has another algorithm. */
    sha256: string | null;
    /** `sha512:…`, of the file as it is published. */
    checksum: string | null;
    /** Null where only the server knows. */
    virtualSize: number | null;
  };
  operation: string;
}

/**
 * Image → template: upload, create with `import-from`, convert, and remove the upload again.
 * @throws RequestError for anything wrong with the image, the names or the places
 */
export async function planTemplateCreate(
  pve: PveReader,
  inventory: Inventory,
  request: TemplateCreateRequest,
): Promise<Plan> {
  const node = await chooseNode(inventory, request.node);
  const image = await sourceImage(pve, node, request);
  const name = request.name ?? image.name;
  const bake = bakes(request.bake) ? await readBake(request.bake) : undefined;
  if (bake) refuseUnbakeable(image, request);
  const [disks, upload, vmid, published, isos] = await Promise.all([
    chooseStorage(inventory, node, 'images', request.storage),
    chooseStorage(inventory, node, 'import', request.importStorage, request.storage),
    chooseVmid(pve, inventory, request.vmid, request.vmids, request.plannedVmid),
    newVersion(pve, inventory, {
      name,
      node,
      promote: request.keepLatest !== true,
      retires: request.retires,
      ...(request.version !== undefined && { wanted: request.version }),
    }),
    bake && chooseStorage(inventory, node, 'iso', request.importStorage, request.storage),
    requireBridges(pve, node, request.networks),
    request.pool === undefined ? undefined : requirePool(pve, request.pool),
  ]);
  const sum = image.digest && `${image.digest.algorithm}: ${image.digest.value}`;
  const tags = [...request.tags, ...published.tags];
  const made = new Date().toISOString().slice(0, 10);
  const record: TemplateRecord = {
    ...(published.version !== undefined && { version: published.version }),
    source: image.label,
    ...(image.catalog !== undefined && { catalog: image.catalog }),
    ...request.record,
    ...(bake && { recipe: bake.recipe }),
    ...(image.digest && {
      checksum: `${image.digest.algorithm}:${image.digest.value}`,
      ...(image.digest.algorithm === 'sha256' && { sha256: image.digest.value }),
    }),
    made,
  };
  // Without a version the words say all there is.
  const words =
    published.version === undefined &&
    request.record === undefined &&
    image.catalog === undefined &&
    !bake
      ? ''
      : `${recordLine(record)}\n`;
  const filename = text`pmx-${ref('operation')}-${name}.${image.format}`;
  const volid = text`${upload.storage}:import/${filename}`;
  const path = `/nodes/${node}/qemu`;
  const discardUpload = {
    kind: 'pve.discard-volume',
    args: { node, storage: upload.storage, volid },
  } as const;
  const oven = isos && { node, name, isoStorage: isos.storage };
  const native = request.cloudInit === 'native';
  const steps: Step[] = [
    {
      id: 'upload',
      ...image.store({ node, storage: upload.storage, filename }),
      undo: [{ title: 'Remove the uploaded image', ...discardUpload }],
    } as Step,
    ...(oven ? [seedUpload(oven)] : []),
    {
      id: 'create',
      title: `Create VM ${name} on storage ${disks.storage}`,
      kind: 'pve.call',
      args: {
        method: 'POST',
        path,
        vmidVariable: request.vmid === undefined ? 'vmid' : undefined,
        ...(request.vmid === undefined && request.vmids !== undefined && { vmids: request.vmids }),
        lookup: { type: 'qmcreate', id: ref('vmid') },
        params: {
          vmid: ref('vmid'),
          name,
          ...hardware(request, image, disks.storage),
          scsi0: text`${disks.storage}:0,import-from=${volid}${request.format ? `,format=${request.format}` : ''},discard=on,iothread=1${request.diskOptions ?? ''}`,
          ...(native && !oven && { scsi1: `${disks.storage}:cloudinit` }),
          ...(oven && { [seedSlot]: seedDrive(oven) }),
          ...(request.pool !== undefined && { pool: request.pool }),
          ...(tags.length > 0 && { tags: tags.join(';') }),
          description: text`Template made by pmx on ${made} from ${image.label}\n${sum ?? 'no checksum'}\n${words}${markerLine}`,
        },
      },
      undo: [
        {
          title: `Remove the half-made VM ${name}`,
          kind: 'pve.discard-guest',
          args: { node, vmid: ref('vmid'), lookup: { type: 'qmcreate', id: ref('vmid') } },
        },
      ],
    },
    ...(bake && oven ? bakeSteps(bake, oven, native ? disks.storage : undefined) : []),
    {
      id: 'convert',
      title: `Convert ${name} to a template`,
      kind: 'pve.call',
      args: {
        method: 'POST',
        path: text`${path}/${ref('vmid')}/template`,
        lookup: { type: 'qmtemplate', id: ref('vmid') },
      },
    },
    ...published.retire,
    { id: 'clean-up', title: 'Remove the uploaded image', ...discardUpload },
  ];
  return {
    operation: 'template.create',
    target: `template ${name}`,
    title: `Create template ${name} from ${image.label} on node ${node}`,
    steps,
    variables: { vmid, ...published.variables },
    notes: [
      ...image.notes,
      ...(bake
        ? ['It is booted once on the way, with the network that its clones will have.']
        : []),
      ...(bake?.script
        ? [`${bake.script.name} may run twice when the operation is taken up again.`]
        : []),
    ],
    result: {
      vmid: ref('vmid'),
      name,
      version: published.version ?? null,
      node,
      storage: disks.storage,
      image: {
        path: image.path,
        format: image.format,
        sha256: image.digest?.algorithm === 'sha256' ? image.digest.value : null,
        checksum: image.digest ? `${image.digest.algorithm}:${image.digest.value}` : null,
        virtualSize: image.virtualSize ?? null,
      },
      operation: ref('operation'),
    },
  };
}

/** @throws RequestError `PMX_BAKE_UNSUPPORTED` */
function refuseUnbakeable(
  { label, needs }: SourceImage,
  { settings }: TemplateCreateRequest,
): void {
  const { provisioning = 'cloud-init' } = needs;
  const why =
    provisioning !== 'cloud-init'
      ? `${label} is set up by ${provisioning === 'none' ? 'hand' : provisioning}, not by cloud-init`
      : String(settings?.['agent'] ?? '').startsWith('0')
        ? 'its guest agent is switched off'
        : undefined;
  if (why === undefined) return;
  throw new RequestError({
    code: 'PMX_BAKE_UNSUPPORTED',
    message: `Packages, scripts and snippets cannot be put into this template: ${why}.`,
    hints: ['Set a VM up by hand, then: pmx template create --from-vm VM --name NAME'],
  });
}

/** What cloud images expect: virtio, a serial console (many have no other), the agent switched on. */
function hardware(
  request: TemplateCreateRequest,
  { needs }: SourceImage,
  storage: string,
): Record<string, string | number> {
  return {
    memory: request.memoryMebibytes,
    cores: request.cores,
    cpu: needs.cpu ?? 'x86-64-v2-AES',
    ostype: needs.ostype ?? 'l26',
    ...(needs.firmware === 'uefi' && {
      bios: 'ovmf',
      machine: 'q35',
      efidisk0: `${storage}:1,efitype=4m,pre-enrolled-keys=0`,
    }),
    scsihw: 'virtio-scsi-single',
    boot: 'order=scsi0',
    serial0: 'socket',
    vga: 'serial0',
    agent: 'enabled=1',
    ...request.settings,
    ...(request.efi && {
      efidisk0: `${storage}:1,efitype=4m,pre-enrolled-keys=${Number(request.efi.secureBoot)}`,
    }),
    ...(request.tpm && { tpmstate0: `${storage}:1,version=v2.0` }),
    ...Object.fromEntries(request.networks.map((device, index) => [`net${index}`, device.pve])),
  };
}
