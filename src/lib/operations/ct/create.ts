import {
  type DiskSize,
  type Inventory,
  markerLine,
  type Plan,
  type PveReader,
  ref,
  secretRef,
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
import { twinNotes } from '../shared/twins.js';
import { readPublicKeys } from '../vm/cloud-init.js';
import { ownWords, today } from '../vm/create-steps.js';
import type { ContainerNetwork } from './network.js';
import { fileOf, findStoredTemplate } from './templates.js';

export interface CtCreateRequest {
  name: string;
  /** Volume id, file name, or the beginning of one. */
  template: string;
  vmid?: number;
  /** Range for the VMID when none is given. */
  vmids?: string;
  /** The id that it begins with, when several guests are planned at once. */
  plannedVmid?: number;
  node?: string;
  storage?: string;
  rootfs: DiskSize;
  /** PVE's options of it: `quota`, `acl` … */
  rootfsOptions?: Readonly<Record<string, string>>;
  networks: readonly ContainerNetwork[];
  /** Further options of the configuration, by their names in PVE. */
  settings: Readonly<Record<string, string | number>>;
  password?: string;
  sshKeyFiles: readonly string[];
  /** The keys themselves. */
  sshKeys?: readonly string[];
  description?: string;
  pool?: string;
  tags?: readonly string[];
  start: boolean;
  wait?: { until: 'ip' | 'ssh'; timeoutSeconds: number };
}

export interface CtCreateResult {
  vmid: number;
  name: string;
  node: string;
  template: string;
  started: boolean;
  address: string | null;
  operation: string;
}

const gibibyte = 2 ** 30;

/**
 * Archive → container: create, tag, start.
 * @throws RequestError for templates, sizes and places that cannot be
 */
export async function planCtCreate(
  pve: PveReader,
  inventory: Inventory,
  request: CtCreateRequest,
): Promise<Plan> {
  const { name, pool, tags } = request;
  const node = await chooseNode(inventory, request.node);
  const gib = wholeGibibytes(request.rootfs);
  const [template, storage, vmid, keys, notes] = await Promise.all([
    findStoredTemplate(pve, inventory, node, request.template),
    chooseStorage(inventory, node, 'rootdir', request.storage),
    chooseVmid(pve, inventory, request.vmid, request.vmids, request.plannedVmid),
    readPublicKeys(request.sshKeyFiles),
    twinNotes(inventory, name),
    requireBridges(pve, node, request.networks),
    pool === undefined ? undefined : requirePool(pve, pool),
  ]);
  // Tags in the create call need a right on /vms that a pool does not give.
  const tagLater = pool !== undefined && tags !== undefined;
  const lookup = { type: 'vzcreate', id: ref('vmid') };
  const path = text`/nodes/${node}/lxc/${ref('vmid')}`;
  const options = Object.entries(request.rootfsOptions ?? {}).map(
    ([key, value]) => `${key}=${value}`,
  );
  const publicKeys = [...(request.sshKeys ?? []), ...(keys === undefined ? [] : [keys])].join('\n');
  const about = `${ownWords(request.description)}Made by pmx on ${today()} from ${fileOf(template)}`;
  const create: Step = {
    id: 'create',
    title: `Create container ${name} from ${fileOf(template)} on storage ${storage.storage}`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: `/nodes/${node}/lxc`,
      vmidVariable: request.vmid === undefined ? 'vmid' : undefined,
      ...(request.vmid === undefined && request.vmids !== undefined && { vmids: request.vmids }),
      lookup,
      params: {
        vmid: ref('vmid'),
        hostname: name,
        ostemplate: template,
        rootfs: [`${storage.storage}:${gib}`, ...options].join(','),
        ...request.settings,
        ...Object.fromEntries(request.networks.map((device, index) => [`net${index}`, device.pve])),
        ...(publicKeys !== '' && { 'ssh-public-keys': publicKeys }),
        ...(request.password !== undefined && { password: secretRef('password') }),
        ...(pool !== undefined && { pool }),
        ...(tags !== undefined && !tagLater && { tags: tags.join(';') }),
        description: text`${about}\n${markerLine}`,
      },
    },
    undo: [
      {
        title: `Remove container ${name}`,
        kind: 'pve.discard-guest',
        args: { type: 'lxc', node, vmid: ref('vmid'), lookup },
      },
    ],
  };
  const steps: Step[] = [create];
  if (tagLater) {
    steps.push({
      id: 'tag',
      title: `Tag ${name}`,
      kind: 'pve.call',
      args: {
        method: 'PUT',
        path: text`${path}/config`,
        params: { tags: tags.join(';') },
        idempotent: true,
      },
    });
  }
  if (request.start) {
    steps.push({
      id: 'start',
      title: `Start ${name}`,
      kind: 'pve.call',
      args: {
        method: 'POST',
        path: text`${path}/status/start`,
        lookup: { type: 'vzstart', id: ref('vmid') },
      },
    });
  }
  if (request.wait) {
    steps.push({
      id: 'wait',
      title: `Wait for ${request.wait.until === 'ip' ? 'an address' : 'SSH'} of ${name}`,
      kind: 'pve.wait',
      args: { type: 'lxc', node, vmid: ref('vmid'), ...request.wait },
      bind: { address: 'address' },
    });
  }
  return {
    operation: 'ct.create',
    target: `container ${name}`,
    title: `Create container ${name} from ${fileOf(template)} on node ${node}`,
    steps,
    variables: request.wait ? { vmid } : { vmid, address: null },
    notes,
    ...(request.password !== undefined && { secrets: { password: request.password } }),
    result: {
      vmid: ref('vmid'),
      name,
      node,
      template,
      started: request.start,
      address: ref('address'),
      operation: ref('operation'),
    },
  };
}

/** A new volume is asked for in GiB. @throws RequestError `PMX_INVALID_SIZE` */
function wholeGibibytes({ bytes, relative, pve }: DiskSize): number {
  const gib = bytes / gibibyte;
  if (!relative && Number.isInteger(gib)) return gib;
  throw new RequestError({
    code: 'PMX_INVALID_SIZE',
    message: `Size '${pve}' is not valid: a new root disk has a whole number of GiB.`,
    hints: ['For example: --rootfs 8G'],
  });
}
