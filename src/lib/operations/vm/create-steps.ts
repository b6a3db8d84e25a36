import { resolve } from 'node:path';

import { markerLine, ref, type Step, text } from '@pmx-cli/kit';

import type { SeedLayout, SeedPaths } from '../../cloudinit/index.js';
import type { VmCreateRequest } from './create-request.js';
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
  { template, name, storage, pool, vmid, vmids }: VmCreateRequest,
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
        pool,
        target: node === template.node ? undefined : node,
        description: text`Made by pmx on ${new Date().toISOString().slice(0, 10)} from template ${template.vmid} (${template.name})\n${markerLine}${record}`,
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

/** `pmx op resume` may run in another folder. */
function absolute(files: SeedPaths): SeedPaths {
  return Object.fromEntries(
    Object.entries(files).map(([kind, path]) => [kind, path && resolve(path)]),
  );
}
