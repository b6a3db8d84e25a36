import {
  type Guest,
  type Inventory,
  type Plan,
  type PveReader,
  ref,
  type Step,
  text,
} from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { GuestConfig } from '../shared/guest-config.js';
import { withMarker } from '../shared/marker.js';
import { chooseNode, chooseVmid, requirePool, requireStorage } from '../shared/places.js';
import { twinNotes } from '../shared/twins.js';
import { disksOf } from './disk/read.js';
import { guestLabel, guestPath, kindOf } from './kind.js';
import { readConfig } from './reads.js';
import { readSnapshots, requireSnapshot } from './snapshot/read.js';

export interface CloneRequest {
  source: Guest;
  name: string;
  /** Left out: linked for templates whose storage can, else full. */
  kind?: 'linked' | 'full';
  snapshot?: string;
  node?: string;
  storage?: string;
  format?: string;
  pool?: string;
  vmid?: number;
  vmids?: string;
  /** Options that the clone gets at once, for example those of a profile. */
  set?: Readonly<Record<string, string | number>>;
  notes?: readonly string[];
}

export interface CloneResult {
  vmid: number;
  name: string;
  node: string;
  source: { vmid: number; name: string };
  clone: 'linked' | 'full';
  operation: string;
}

/**
 * A copy of a VM, container or template. Undo discards it.
 * @throws RequestError `PMX_LINKED_CLONE_…`, `PMX_SNAPSHOT_NOT_FOUND`, `PMX_CLONE_LOCAL_STORAGE`,
 * `PMX_GUEST_MUST_STOP`, and what places that cannot be say
 */
export async function planClone(
  pve: PveReader,
  inventory: Inventory,
  request: CloneRequest,
): Promise<Plan> {
  const { source, name, snapshot, storage } = request;
  const label = guestLabel(source);
  const node = request.node === undefined ? source.node : await chooseNode(inventory, request.node);
  const [config, clone, vmid, twins] = await Promise.all([
    readConfig(pve, source),
    chooseKind(pve, request, label),
    chooseVmid(pve, inventory, request.vmid, request.vmids),
    twinNotes(inventory, name),
    storage === undefined
      ? undefined
      : requireStorage(inventory, node, storage, source.type === 'lxc' ? 'rootdir' : 'images'),
    request.pool === undefined ? undefined : requirePool(pve, request.pool),
    snapshot === undefined
      ? undefined
      : readSnapshots(pve, source).then((all) => requireSnapshot(source, all, snapshot)),
  ]);
  refuseRunning(request, clone.kind, label);
  if (node !== source.node) await refuseLocal(inventory, source, config, node);
  const { noun, topic } = kindOf(source);
  return {
    operation: `${topic}.clone`,
    target: `${noun} ${name}`,
    title: `Clone ${label} to ${name} on node ${node} (${clone.kind})`,
    steps: [cloneStep(request, config, node, clone.kind), ...settingsStep(request, node)],
    variables: { vmid },
    notes: [...clone.notes, ...twins, ...(request.notes ?? [])],
    result: {
      vmid: ref('vmid'),
      name,
      node,
      source: { vmid: source.vmid, name: source.name },
      clone: clone.kind,
      operation: ref('operation'),
    },
  };
}

interface Kind {
  kind: 'linked' | 'full';
  notes: string[];
}

/** Asks PVE whether the storage can do linked clones, rather than let the clone fail. */
async function chooseKind(
  pve: PveReader,
  { source, kind, storage, snapshot }: CloneRequest,
  label: string,
): Promise<Kind> {
  if (kind === 'linked' && storage !== undefined) {
    throw new RequestError({
      code: 'PMX_LINKED_CLONE_STORAGE',
      message:
        'A linked clone lives on the storage of its source, so --storage does not go with --linked.',
      hints: ['Leave --storage out, or take a full clone: --full.'],
    });
  }
  if (kind === 'full' || storage !== undefined || (!source.template && kind === undefined))
    return { kind: 'full', notes: [] };
  const can =
    source.template &&
    (await pve
      .get<{ hasFeature: number | boolean }>(`${guestPath(source)}/feature`, {
        feature: 'clone',
        snapname: snapshot,
      })
      .then(({ hasFeature }) => Boolean(hasFeature)));
  if (can) return { kind: 'linked', notes: [] };
  if (kind === 'linked') {
    throw new RequestError({
      code: 'PMX_LINKED_CLONE_UNSUPPORTED',
      message: source.template
        ? `The storage of ${label} cannot make linked clones.`
        : `${label} is no template, and only those can have linked clones.`,
      hints: ['Leave --linked out, or say --full.'],
    });
  }
  return {
    kind: 'full',
    notes: [`The storage of ${label} cannot make linked clones: taking a full one.`],
  };
}

function refuseRunning({ source, snapshot }: CloneRequest, kind: string, label: string): void {
  if (source.type !== 'lxc' || source.status !== 'running' || kind !== 'full') return;
  if (snapshot !== undefined) return;
  throw new RequestError({
    code: 'PMX_GUEST_MUST_STOP',
    message: `${label} runs, and of a running container only a snapshot can be cloned.`,
    hints: [
      `Stop it first: pmx ct shutdown ${source.vmid}`,
      `Or take a snapshot of it: pmx ct snapshot create ${source.vmid} --name base, then clone with --snapshot base`,
    ],
  });
}

async function refuseLocal(
  inventory: Inventory,
  source: Guest,
  config: GuestConfig,
  node: string,
): Promise<void> {
  const storages = await inventory.storages(source.node);
  const shared = new Set(storages.filter((known) => known.shared).map(({ storage }) => storage));
  const local = disksOf(source, config).filter(
    ({ storage, kind }) => kind !== 'unused' && storage !== null && !shared.has(storage),
  );
  if (local.length === 0) return;
  throw new RequestError({
    code: 'PMX_CLONE_LOCAL_STORAGE',
    message: `${guestLabel(source)} has disks that only node ${source.node} has: ${local.map(({ volid }) => volid).join(', ')}.`,
    hints: [
      `Clone it on node ${source.node}, then move the clone: pmx ${kindOf(source).topic} migrate NAME --to ${node}${source.type === 'qemu' ? ' --with-local-disks' : ''}`,
    ],
  });
}

function cloneStep(request: CloneRequest, config: GuestConfig, node: string, kind: string): Step {
  const { source, name, snapshot, storage, format, pool, vmid, vmids } = request;
  const { taskPrefix, noun } = kindOf(source);
  const lookup = { type: `${taskPrefix}clone`, id: String(source.vmid) };
  return {
    id: 'clone',
    title: `Clone ${guestLabel(source)} to ${name} (${kind})`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: `${guestPath(source)}/clone`,
      vmidVariable: vmid === undefined ? 'vmid' : undefined,
      ...(vmid === undefined && vmids !== undefined && { vmids }),
      lookup,
      params: {
        newid: ref('vmid'),
        [source.type === 'lxc' ? 'hostname' : 'name']: name,
        full: kind === 'full',
        snapname: snapshot,
        storage,
        format: kind === 'full' ? format : undefined,
        pool,
        target: node === source.node ? undefined : node,
        description: withMarker(ownWords(String(config['description'] ?? ''))),
      },
    },
    undo: [
      {
        title: `Remove ${noun} ${name}`,
        kind: 'pve.discard-guest',
        args: { type: source.type, node, vmid: ref('vmid'), lookup },
      },
    ],
  };
}

/** Without the lines by which pmx knows what belongs to the source. */
function ownWords(description: string): string {
  return description
    .split('\n')
    .filter((line) => !/^pmx-[\w-]+:/.test(line))
    .join('\n')
    .trim();
}

function settingsStep({ source, name, set = {} }: CloneRequest, node: string): Step[] {
  if (Object.keys(set).length === 0) return [];
  return [
    {
      id: 'configure',
      title: `Configure ${name}`,
      kind: 'pve.call',
      args: {
        method: 'PUT',
        path: text`/nodes/${node}/${source.type}/${ref('vmid')}/config`,
        params: { ...set },
        idempotent: true,
      },
    },
  ];
}
