import {
  type Guest,
  type Impact,
  type Inventory,
  type Plan,
  type PveReader,
  ref,
  type Step,
  text,
} from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { guestLabel, guestPath, kindOf } from '../guest/kind.js';
import { volumesOf } from '../guest/delete/volumes.js';
import type { GuestConfig } from '../shared/guest-config.js';
import { withMarker, withoutMarker } from '../shared/marker.js';
import { chooseVmid, requireStorage } from '../shared/places.js';
import { type ArchiveConfig, archiveConfig } from './archive-config.js';
import { type Backup, findBackup } from './read.js';

export interface RestoreRequest {
  /** An archive, or a guest whose newest one is meant. */
  backup: string;
  vmid: number | undefined;
  vmids?: string | undefined;
  node: string | undefined;
  storage: string | undefined;
  name: string | undefined;
  start: boolean;
  /** Over the guest that has the VMID. */
  force: boolean;
}

export interface RestoreResult {
  vmid: number;
  name: string;
  node: string;
  backup: string;
  replaced: boolean;
  started: boolean;
}

/** @throws RequestError `PMX_ARCHIVE_NOT_FOUND`, `PMX_VMID_TAKEN`, `PMX_VM_RUNNING`, `PMX_VM_PROTECTED`, `PMX_RESTORE_KIND` */
export async function planRestore(
  pve: PveReader,
  inventory: Inventory,
  request: RestoreRequest,
): Promise<Plan> {
  const backup = await findBackup(pve, inventory, request.backup, { node: request.node });
  const guests = await inventory.freshGuests();
  const wanted = request.vmid ?? backup.vmid;
  const there = guests.find(({ vmid }) => vmid === wanted);
  const replaced = request.force ? there : undefined;
  const node = request.node ?? replaced?.node ?? (await nodeFor(inventory, backup, there));
  if (request.storage !== undefined) {
    const content = backup.type === 'lxc' ? 'rootdir' : 'images';
    await requireStorage(inventory, node, request.storage, content);
  }
  const archive = await archiveConfig(pve, { ...backup, node });
  const old = replaced && (await checkReplaced(pve, replaced, backup, node));
  const own = request.vmid ?? (there ? undefined : backup.vmid);
  const vmid = replaced?.vmid ?? (await chooseVmid(pve, inventory, own, request.vmids));
  const parts: Parts = { backup, archive, node, vmid, replaced, request };
  return {
    operation: 'backup.restore',
    target: backup.volid,
    title: `Restore ${backup.volid} as ${kindOf(backup).noun} ${vmid} on node ${node}`,
    steps: [restoreStep(parts), ...(request.start ? [startStep(parts)] : [])],
    variables: { vmid },
    ...(replaced && { impact: replacedImpact(replaced, old ?? {}) }),
    notes: notesOf(parts),
    result: {
      vmid: ref('vmid'),
      name: nameOf(parts),
      node,
      backup: backup.volid,
      replaced: replaced !== undefined,
      started: request.start === true,
    },
  };
}

interface Parts {
  backup: Backup;
  archive: ArchiveConfig;
  node: string;
  vmid: number;
  replaced: Guest | undefined;
  request: RestoreRequest;
}

function nameOf({ archive, request, vmid }: Parts): string {
  return String(
    request.name ?? archive.config['name'] ?? archive.config['hostname'] ?? `guest-${vmid}`,
  );
}

/** Where the guest is or was, if its archive can be seen from there. */
async function nodeFor(
  inventory: Inventory,
  backup: Backup,
  there: Guest | undefined,
): Promise<string> {
  if (there === undefined || there.node === backup.node) return backup.node;
  const storages = await inventory.storages(there.node);
  const seen = storages.some(({ storage, shared }) => shared && storage === backup.storage);
  return seen ? there.node : backup.node;
}

async function checkReplaced(
  pve: PveReader,
  guest: Guest,
  backup: Backup,
  node: string,
): Promise<GuestConfig> {
  const target = guestLabel(guest);
  if (guest.type !== backup.type || guest.node !== node) {
    throw new RequestError({
      code: 'PMX_RESTORE_KIND',
      message: `${target} on node ${guest.node} cannot be replaced by a backup of a ${kindOf(backup).noun} on node ${node}.`,
      hints: ['Take another VMID: leave --force out, or give --vmid.'],
    });
  }
  if (guest.status !== 'stopped' && !guest.template) {
    throw new RequestError({
      code: 'PMX_VM_RUNNING',
      message: `${target} is ${guest.status}, and only a stopped guest can be replaced.`,
      hints: [`pmx ${kindOf(guest).topic} shutdown ${guest.vmid}, then restore`],
    });
  }
  const config = await pve.get<GuestConfig>(`${guestPath(guest)}/config`);
  if (Number(config['protection'] ?? 0) === 1) {
    throw new RequestError({
      code: 'PMX_VM_PROTECTED',
      message: `${target} is protected against removal, and that is what --force would do.`,
      hints: [`Lift the protection first: pmx api put ${guestPath(guest)}/config protection=0`],
    });
  }
  return config;
}

function restoreStep(parts: Parts): Step {
  const { backup, archive, node, vmid, replaced, request } = parts;
  const { taskPrefix, noun } = kindOf(backup);
  const container = backup.type === 'lxc';
  const number = replaced ? vmid : ref('vmid');
  // Another one beside it must not have the same addresses.
  const unique = !replaced && vmid !== backup.vmid;
  const source = container
    ? { ostemplate: backup.volid, restore: true }
    : { archive: backup.volid };
  const name =
    request.name === undefined ? {} : { [container ? 'hostname' : 'name']: request.name };
  const shared = {
    title: `Restore ${backup.volid} as ${noun} ${vmid}`,
    args: {
      method: 'POST',
      path: `/nodes/${node}/${backup.type}`,
      params: {
        vmid: number,
        ...source,
        ...name,
        storage: request.storage,
        ...(replaced && { force: true }),
        ...(unique && { unique: true }),
        description: withMarker(withoutMarker(archive.description)),
      },
      lookup: { type: `${taskPrefix}restore`, id: number },
      timeoutSeconds: 24 * 3600,
      ...(request.vmid === undefined &&
        !replaced && {
          vmidVariable: 'vmid',
          ...(request.vmids !== undefined && { vmids: request.vmids }),
        }),
    },
  } as const;
  if (replaced) return { id: 'restore', kind: 'pve.call', destructive: true, ...shared };
  return {
    id: 'restore',
    kind: 'pve.call',
    ...shared,
    undo: [
      {
        title: `Remove the restored ${noun} ${vmid}`,
        kind: 'pve.discard-guest',
        args: { type: backup.type, node, vmid: number, lookup: shared.args.lookup },
      },
    ],
  };
}

function startStep({ backup, node, vmid }: Parts): Step {
  const { taskPrefix, noun } = kindOf(backup);
  return {
    id: 'start',
    title: `Start ${noun} ${vmid}`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: text`/nodes/${node}/${backup.type}/${ref('vmid')}/status/start`,
      lookup: { type: `${taskPrefix}start`, id: ref('vmid') },
      idempotent: true,
    },
  };
}

function replacedImpact(guest: Guest, config: GuestConfig): Impact {
  const label = guestLabel(guest);
  return {
    removes: [
      { what: 'present state of', name: label, detail: 'replaced by the backup' },
      ...volumesOf(guest.type, config)
        .filter(({ kind }) => kind !== 'cdrom')
        .map(({ volid, slot, size }) => ({
          what: 'disk',
          name: volid,
          detail: [slot, size].filter(Boolean).join(', '),
        })),
    ],
    keeps: [],
  };
}

function notesOf({ backup, vmid, replaced, request }: Parts): string[] {
  if (replaced || vmid === backup.vmid || request.vmid !== undefined) return [];
  return [
    `VMID ${backup.vmid} is taken, so the next free one is used, with new MAC addresses. --force would replace guest ${backup.vmid}.`,
  ];
}
