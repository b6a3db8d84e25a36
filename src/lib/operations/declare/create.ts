import { join } from 'node:path';

import {
  allSteps,
  type ContextDefaults,
  type Guest,
  type Inventory,
  parseDiskSize,
  type Plan,
  type PveReader,
  ref,
  type Step,
  text,
} from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { planCtCreate } from '../ct/create.js';
import { bootDisk, type GuestConfig } from '../shared/guest-config.js';
import { requireBridges } from '../shared/places.js';
import { planTemplateCreate } from '../template/create.js';
import { planNewVm } from '../vm/create-any.js';
import type { DriveRequest } from '../vm/drives.js';
import { labelOf, type Manifest, type Settings } from './document.js';
import { isSo, wantedOptions } from './options.js';
import { containerNetwork, vmNetwork } from './properties.js';
import { compareNetworks, compareVolumes, readVolume } from './tables.js';
import { newVolume } from './volumes.js';

export interface MakingContext {
  pve: PveReader;
  inventory: Inventory;
  defaults: ContextDefaults;
  /** The id that it begins with, when several are planned at once, or when it replaces a guest. */
  plannedVmid?: number;
  /** What a clone cannot be told at once is told by a second plan. */
  completes: boolean;
  signal: AbortSignal;
}

const defaultRootfs = '8G';
const defaultMemory = 2048;
const defaultCores = 2;

type OptionValues = Record<string, string | number>;

/** What the options of the configuration are to be; a clone has those of its template already. */
function settingsOf(manifest: Manifest, has: GuestConfig = {}, without: readonly string[] = []) {
  const wanted = wantedOptions(manifest).filter(
    (option) => option.value !== null && !isSo(option, has) && !without.includes(option.option),
  );
  return Object.fromEntries(wanted.map(({ option, value }) => [option, value])) as OptionValues;
}

function ownDescription({ spec }: Manifest): { description?: string } {
  const { description } = spec;
  return typeof description === 'string' ? { description } : {};
}

function placeOf({ metadata }: Manifest, { defaults, plannedVmid }: MakingContext) {
  const pool = metadata.pool === null ? undefined : (metadata.pool ?? defaults.pool);
  return {
    name: metadata.name,
    ...(metadata.vmid !== undefined && plannedVmid === undefined && { vmid: metadata.vmid }),
    ...(plannedVmid !== undefined && { plannedVmid }),
    ...(defaults.vmids !== undefined && { vmids: defaults.vmids }),
    ...((metadata.node ?? defaults.node) !== undefined && { node: metadata.node ?? defaults.node }),
    ...(pool !== undefined && { pool }),
    ...(metadata.tags && metadata.tags.length > 0 && { tags: metadata.tags }),
  };
}

/** What the functions that make guests say with parameters of their own. */
const said = ['name', 'hostname', 'tags', 'description'];

/** @throws RequestError as `vm create` does */
export async function planVmFrom(manifest: Manifest, context: MakingContext): Promise<Plan> {
  const { pve, inventory, defaults } = context;
  const { spec } = manifest;
  const template = await templateFor(manifest, inventory);
  const has = template
    ? await pve.get<GuestConfig>(`/nodes/${template.node}/qemu/${template.vmid}/config`)
    : {};
  const storage = defaults.storage ?? bootDisk(has)?.volid.split(':', 1)[0];
  const networks = compareNetworks((spec['networks'] ?? {}) as Settings, has, vmNetwork);
  const drives: DriveRequest[] = [];
  const media: OptionValues = {};
  for (const [slot, value] of Object.entries((spec['disks'] ?? {}) as Settings)) {
    if (value === null) continue;
    const volume = readVolume(value);
    const isNew = has[slot] === undefined;
    const special =
      volume.cloudInit === true || volume.iso !== undefined || /^(?:efi|tpm)/.test(slot);
    if (special && isNew)
      media[slot] = newVolume(labelOf(manifest), slot, volume, storage ?? 'local');
    else if (!special && isNew) {
      // Told beforehand, with the document's own words.
      newVolume(labelOf(manifest), slot, volume, volume.storage ?? storage ?? 'local');
      drives.push({
        slot,
        size: parseDiskSize(volume.size!),
        ...((volume.storage ?? storage) !== undefined && { storage: volume.storage ?? storage }),
        options: {
          ...(volume.format !== undefined && { format: volume.format }),
          ...volume.options,
        },
      });
    } else if (!special && volume.size !== undefined)
      drives.push({ slot, size: parseDiskSize(volume.size), options: {} });
    else if (volume.iso !== undefined)
      Object.assign(media, compareVolumes('spec.disks', { [slot]: value }, has, () => '').set);
  }
  const devices = Object.values(networks.set).map((value) => ({
    bridge: vmNetwork.read(String(value))['bridge'] ?? '',
    pve: String(value),
  }));
  const place = placeOf(manifest, context);
  const node = place.node ?? template?.node;
  if (node !== undefined && devices.length > 0) await requireBridges(pve, node, devices);
  const { memory, cores, ...settings } = settingsOf(manifest, has, said);
  const late = lateOptions(manifest, has);
  const blank = template === undefined;
  const plan = await planNewVm(pve, inventory, {
    ...place,
    ...ownDescription(manifest),
    ...(template && { template: String(template.vmid) }),
    clone: spec['clone'] as 'linked' | 'full' | undefined,
    memoryMebibytes: (memory as number | undefined) ?? (blank ? defaultMemory : undefined),
    cores: (cores as number | undefined) ?? (blank ? defaultCores : undefined),
    settings: { ...settings, ...networks.set, ...media },
    drives,
    networks: [],
    cloudInit: { kind: 'native', sshKeyFiles: [], files: {} },
    start: spec['running'] === true && (late.length === 0 || !context.completes),
  });
  if (late.length === 0 || context.completes) return plan;
  const note = `${labelOf(manifest)}: options of ${late.join(', ')} come from the template; pmx apply -f sets them.`;
  return { ...plan, notes: [...(plan.notes ?? []), note] };
}

/** Nobody knows what the volumes of a clone will be called: their options come when it is there. */
function lateOptions({ spec }: Manifest, has: GuestConfig): string[] {
  const disks = Object.entries((spec['disks'] ?? {}) as Settings).filter(
    ([slot, value]) => value !== null && has[slot] !== undefined,
  );
  const { set } = compareVolumes('spec.disks', Object.fromEntries(disks), has, () => '');
  return Object.keys(set).filter((slot) => !String(set[slot]).includes('media=cdrom'));
}

async function templateFor({ spec }: Manifest, inventory: Inventory): Promise<Guest | undefined> {
  if (spec['template'] === undefined) return undefined;
  const [template] = await inventory.resolveGuests([String(spec['template'])], {
    type: 'qemu',
    template: true,
    noun: 'template',
  });
  return template;
}

/** @throws RequestError as `ct create` does */
export async function planCtFrom(manifest: Manifest, context: MakingContext): Promise<Plan> {
  const { pve, inventory, defaults } = context;
  const { spec } = manifest;
  if (spec['template'] === undefined) throw lacks(manifest, 'template', 'debian-12');
  const rootfs = readVolume(spec['rootfs'] ?? defaultRootfs);
  const storage = rootfs.storage ?? defaults.storage;
  const networks = Object.entries((spec['networks'] ?? {}) as Settings).filter(
    ([, value]) => value !== null,
  );
  const devices = networks.map(([slot, value]) => ({
    slot,
    ...containerNetwork.parse(String(value), slot),
  }));
  const mounts = Object.entries((spec['mounts'] ?? {}) as Settings)
    .filter(([, value]) => value !== null)
    .map(([slot, value]): [string, string] => [
      slot,
      newVolume(labelOf(manifest), slot, readVolume(value), storage ?? 'local'),
    ]);
  const place = placeOf(manifest, context);
  if (place.node !== undefined && devices.length > 0)
    await requireBridges(pve, place.node, devices);
  return planCtCreate(pve, inventory, {
    ...place,
    ...ownDescription(manifest),
    template: String(spec['template']),
    ...(storage !== undefined && { storage }),
    rootfs: parseDiskSize(rootfs.size ?? defaultRootfs),
    rootfsOptions: rootfs.options,
    networks: [],
    settings: {
      unprivileged: 1,
      ...settingsOf(manifest, {}, said),
      ...Object.fromEntries(devices.map(({ slot, pve: value }) => [slot, value])),
      ...Object.fromEntries(mounts),
    },
    sshKeyFiles: [],
    ...(Array.isArray(spec['sshKeys']) && { sshKeys: spec['sshKeys'] as string[] }),
    start: spec['running'] === true,
  });
}

/** @throws RequestError as `template create` does */
export async function planTemplateFrom(manifest: Manifest, context: MakingContext): Promise<Plan> {
  const { pve, inventory, defaults, signal } = context;
  const { spec, folder } = manifest;
  if (spec['image'] === undefined) throw lacks(manifest, 'image', 'debian-12.qcow2');
  const { plannedVmid: _, ...place } = placeOf(manifest, context);
  const disks = (spec['disks'] ?? {}) as Settings;
  const native = Object.values(disks).some(
    (value) => value !== null && readVolume(value).cloudInit,
  );
  const { memory, cores, ...options } = settingsOf(manifest, {}, said);
  const networks = compareNetworks((spec['networks'] ?? {}) as Settings, {}, vmNetwork).set;
  const storage = (spec['storage'] as string | undefined) ?? defaults.storage;
  const plan = await planTemplateCreate(pve, inventory, {
    ...place,
    imagePath: join(folder === '.' ? '' : folder, String(spec['image'])),
    ...(storage !== undefined && { storage }),
    memoryMebibytes: (memory as number | undefined) ?? defaultMemory,
    cores: (cores as number | undefined) ?? defaultCores,
    networks: [],
    cloudInit: native || spec['cloudInit'] !== undefined ? 'native' : 'none',
    tags: manifest.metadata.tags ?? [],
    signal,
  });
  const { node } = plan.result as { node: string };
  return withSettings(plan, node, { ...options, ...networks });
}

/** Before it becomes a template it is told what `template create` has no word for. */
function withSettings(plan: Plan, node: string, params: OptionValues): Plan {
  if (Object.keys(params).length === 0) return plan;
  const configure: Step = {
    id: 'configure',
    title: `Configure ${plan.target}`,
    kind: 'pve.call',
    args: {
      method: 'PUT',
      path: text`/nodes/${node}/qemu/${ref('vmid')}/config`,
      params,
      idempotent: true,
    },
  };
  const steps = allSteps(plan.steps);
  const at = steps.findIndex(({ id }) => id === 'convert');
  return { ...plan, steps: [...steps.slice(0, at), configure, ...steps.slice(at)] };
}

function lacks(manifest: Manifest, field: string, example: string): RequestError {
  return new RequestError({
    code: 'PMX_INVALID_MANIFEST',
    message: `${manifest.where}: ${labelOf(manifest)} is not there yet, and spec.${field} does not say what it is made from.`,
    hints: [`For example: ${field}: ${example}`, 'docs/manifests.md lists all fields.'],
  });
}
