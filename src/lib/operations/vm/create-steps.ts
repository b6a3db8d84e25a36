import { resolve } from 'node:path';

import { markerLine, ref, type Step, text } from '@pmx-cli/kit';

import type { SeedLayout, SeedPaths } from '../../cloudinit/index.js';
import { bootDisk, drivesOf, freeMediumSlot, type GuestConfig } from '../shared/guest-config.js';
import type { BlankVmRequest, VmCreateRequest } from './create-request.js';
import { isoRecord } from './seed-iso.js';

/** Where the ISO with own cloud-init files goes. */
export interface SeedPlace {
  layout: SeedLayout;
  storage: string;
}

function seedFilename(name: string) {
  return text`pmx-${ref('operation')}-${name}.iso`;
}

export function seedVolid(seed: SeedPlace, name: string) {
  return text`${seed.storage}:iso/${seedFilename(name)}`;
}

export function uploadStep(node: string, seed: SeedPlace, name: string, files: SeedPaths): Step {
  return {
    id: 'upload-seed',
    title: `Upload cloud-init ISO (${seed.layout}) to storage ${seed.storage}`,
    kind: 'pve.upload',
    args: {
      node,
      storage: seed.storage,
      content: 'iso',
      filename: seedFilename(name),
      source: {
        type: 'cloud-init-seed',
        layout: seed.layout,
        hostname: name,
        ...absolute(files),
      },
    },
    undo: [
      {
        title: 'Remove the cloud-init ISO',
        kind: 'pve.discard-volume',
        args: { node, storage: seed.storage, volid: seedVolid(seed, name) },
      },
    ],
  };
}

export function cloneStep(
  node: string,
  kind: 'linked' | 'full',
  seed: SeedPlace | undefined,
  { template, name, storage, format, pool, vmid, vmids, description }: VmCreateRequest,
  /** Which version of the template it is. */
  source: string,
): Step {
  const lookup = { type: 'qmclone', id: String(template.vmid) };
  const record = seed ? text`\n${isoRecord(seedVolid(seed, name))}` : '';
  return {
    id: 'clone',
    title: `Clone template ${template.vmid} (${template.name}) to ${name} (${kind})`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: `/nodes/${template.node}/qemu/${template.vmid}/clone`,
      vmidVariable: vmid === undefined ? 'vmid' : undefined,
      ...(vmid === undefined && vmids !== undefined && { vmids }),
      lookup,
      params: {
        newid: ref('vmid'),
        name,
        full: kind === 'full',
        storage,
        ...(kind === 'full' && format !== undefined && { format }),
        pool,
        target: node === template.node ? undefined : node,
        description: text`${ownWords(description)}Made by pmx on ${today()} from template ${template.vmid} (${template.name})\n${source}${markerLine}${record}`,
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
}

/** In a task: making disks may take longer than a request may. */
export function addDisksStep(
  name: string,
  path: ReturnType<typeof text>,
  drives: Record<string, string>,
): Step {
  return {
    id: 'add-disks',
    title: `Add ${Object.keys(drives).join(', ')} to ${name}`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: text`${path}/config`,
      params: drives,
      lookup: { type: 'qmconfig', id: ref('vmid') },
    },
  };
}

export function startSteps(
  node: string,
  name: string,
  path: ReturnType<typeof text>,
  wait: VmCreateRequest['wait'],
): Step[] {
  const start: Step = {
    id: 'start',
    title: `Start ${name}`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: text`${path}/status/start`,
      lookup: { type: 'qmstart', id: ref('vmid') },
    },
  };
  if (!wait) return [start];
  const goals = { agent: 'the guest agent', ip: 'an address', ssh: 'SSH' };
  return [
    start,
    {
      id: 'wait',
      title: `Wait for ${goals[wait.until]} of ${name}`,
      kind: 'pve.wait',
      args: { node, vmid: ref('vmid'), ...wait },
      bind: wait.until === 'agent' ? {} : { address: 'address' },
    },
  ];
}

/** What somebody wrote stands before what pmx adds. */
export function ownWords(description: string | undefined): string {
  return description === undefined || description === '' ? '' : `${description.trimEnd()}\n`;
}

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** `pmx op resume` may run in another folder. */
function absolute(files: SeedPaths): SeedPaths {
  return Object.fromEntries(
    Object.entries(files).map(([kind, path]) => [
      kind,
      kind === 'userDataText' || path === undefined ? path : resolve(path),
    ]),
  );
}

export function storageOf(volid: string | undefined): string | undefined {
  return volid?.split(':', 1)[0];
}

/** Own files take the place of PVE's cloud-init drive: two sources would compete in the guest. */
export function mediumSettings(
  config: GuestConfig,
  seed: SeedPlace | undefined,
  name: string,
  request: BlankVmRequest,
): Record<string, string | ReturnType<typeof text>> {
  const drive = drivesOf(config).find(({ kind }) => kind === 'cloudinit');
  if (seed) {
    return { [drive?.slot ?? freeMediumSlot(config)]: text`${seedVolid(seed, name)},media=cdrom` };
  }
  const { user, sshKeyFiles, ip } = request.cloudInit;
  const wanted = user !== undefined || sshKeyFiles.length > 0 || ip !== undefined;
  if (drive || !wanted) return {};
  const storage = request.storage ?? storageOf(bootDisk(config)?.volid) ?? 'local';
  return { [freeMediumSlot(config)]: `${storage}:cloudinit` };
}
