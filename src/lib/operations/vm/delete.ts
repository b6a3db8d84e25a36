import type { Guest, ImpactItem, Inventory, Plan, PveReader, Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { type Drive, drivesOf, type GuestConfig } from '../shared/guest-config.js';
import { findReferences, type GuestReferences } from './references.js';
import { ownedIsos } from './seed-iso.js';
import { linkedClonesOf, unreferencedDisks, type Volume } from './volumes.js';

export interface DeleteRequest {
  guest: Guest;
  /** Cut the power of a running guest first. */
  stop: boolean;
}

export interface DeleteResult {
  vmid: number;
  name: string;
  node: string;
  removed: string[];
  kept: string[];
}

/**
 * Everything that goes with a guest, and what stays and why.
 * @throws RequestError `PMX_VM_PROTECTED`, `PMX_VM_RUNNING`, `PMX_TEMPLATE_IN_USE`
 */
export async function planGuestDelete(
  pve: PveReader,
  inventory: Inventory,
  { guest, stop }: DeleteRequest,
): Promise<Plan> {
  const noun = guest.template ? 'template' : 'VM';
  const target = `${noun} ${guest.vmid} (${guest.name})`;
  const path = `/nodes/${guest.node}/qemu/${guest.vmid}`;
  const config = await pve.get<GuestConfig>(`${path}/config`);
  refuseProtected(config, target, path);
  refuseRunning(guest, stop, target);
  const drives = drivesOf(config);
  const [clones, unreferenced, isos, references] = await Promise.all([
    guest.template ? linkedClonesOf(pve, inventory, guest) : [],
    unreferencedDisks(pve, inventory, guest, drives),
    ownedIsos(pve, inventory, guest, config, drives),
    findReferences(pve, guest),
  ]);
  refuseClones(clones, target);
  const removes = [
    ...removedItems(target, noun, drives, unreferenced, references),
    ...isos.removes,
  ];
  return {
    operation: guest.template ? 'template.delete' : 'vm.delete',
    target,
    title: `Delete ${target} on node ${guest.node}`,
    steps: steps(guest, target, path, isos.volumes),
    impact: { removes, keeps: isos.keeps },
    notes: references.unseen,
    result: {
      vmid: guest.vmid,
      name: guest.name,
      node: guest.node,
      removed: removes.map(itemName),
      kept: isos.keeps.map(itemName),
    },
  };
}

function steps(guest: Guest, target: string, path: string, isos: readonly Volume[]): Step[] {
  const powerOff: Step = {
    id: 'stop',
    title: `Stop ${target}`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: `${path}/status/stop`,
      lookup: { type: 'qmstop', id: String(guest.vmid) },
    },
    undo: [
      {
        title: `Start ${target} again`,
        kind: 'pve.call',
        args: {
          method: 'POST',
          path: `${path}/status/start`,
          lookup: { type: 'qmstart', id: String(guest.vmid) },
          // It runs already when stopping it failed, or an earlier undo was cut off.
          idempotent: true,
        },
      },
    ],
  };
  const destroy: Step = {
    id: 'destroy',
    title: `Delete ${target} with its disks`,
    kind: 'pve.call',
    destructive: true,
    args: {
      method: 'DELETE',
      path,
      params: { purge: true, 'destroy-unreferenced-disks': true },
      lookup: { type: 'qmdestroy', id: String(guest.vmid) },
    },
  };
  return [
    ...(guest.status === 'stopped' || guest.template ? [] : [powerOff]),
    destroy,
    ...isos.map(({ storage, volid }): Step => ({
      id: `remove-${volid}`,
      title: `Remove cloud-init ISO ${volid}`,
      kind: 'pve.discard-volume',
      args: { node: guest.node, storage, volid },
    })),
  ];
}

function removedItems(
  target: string,
  noun: string,
  drives: readonly Drive[],
  unreferenced: readonly Volume[],
  references: GuestReferences,
): ImpactItem[] {
  return [
    { what: noun, name: target.slice(noun.length + 1) },
    ...drives
      .filter((drive) => drive.kind !== 'cdrom')
      .map(({ kind, volid, size, slot }) => ({
        what:
          kind === 'cloudinit' ? 'cloud-init drive' : kind === 'unused' ? 'unused disk' : 'disk',
        name: volid,
        detail: [slot, size].filter(Boolean).join(', '),
      })),
    ...unreferenced.map(({ volid }) => ({
      what: 'unreferenced disk',
      name: volid,
      detail: 'not in the configuration, but of this VMID',
    })),
    ...references.items,
  ];
}

function refuseProtected(config: GuestConfig, target: string, path: string): void {
  if (Number(config['protection'] ?? 0) !== 1) return;
  throw new RequestError({
    code: 'PMX_VM_PROTECTED',
    message: `${target} is protected against removal.`,
    hints: [
      `If it really has to go, lift the protection first: pmx api put ${path}/config protection=0`,
    ],
  });
}

function refuseRunning(guest: Guest, stop: boolean, target: string): void {
  if (guest.status === 'stopped' || guest.template || stop) return;
  throw new RequestError({
    code: 'PMX_VM_RUNNING',
    message: `${target} is ${guest.status}, and only stopped VMs can be deleted.`,
    hints: [`pmx vm shutdown ${guest.vmid}, then delete it`, 'Or cut its power: add --stop.'],
  });
}

function refuseClones(clones: readonly Guest[], target: string): void {
  if (clones.length === 0) return;
  throw new RequestError({
    code: 'PMX_TEMPLATE_IN_USE',
    message: `${target} is the base of linked clones: ${clones.map((clone) => `${clone.vmid} (${clone.name})`).join(', ')}.`,
    hints: [
      `Delete them first: pmx vm delete ${clones.map((clone) => clone.vmid).join(' ')}`,
      'Or make them independent by moving their disks to another storage.',
    ],
  });
}

function itemName({ what, name }: ImpactItem): string {
  return `${what} ${name}`;
}
