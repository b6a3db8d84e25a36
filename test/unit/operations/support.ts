import type { Guest, Inventory } from '@pmx-cli/kit';

import { createInventory } from '#dist/lib/inventory/index.js';
import type { VmCreateRequest } from '#dist/lib/operations/vm/create-request.js';
import { FakePve } from '../engine/fake-pve.ts';

/** A server with template 900 and whatever else a test puts there. */
export function cluster(config: Record<string, string | number> = {}): {
  pve: FakePve;
  inventory: Inventory;
} {
  const pve = new FakePve();
  pve.guest(900, {
    name: 'debian',
    template: 1,
    boot: 'order=scsi0',
    scsi0: 'fast:base-900-disk-0,size=2G',
    scsi1: 'fast:vm-900-cloudinit,media=cdrom',
    ...config,
  });
  return { pve, inventory: createInventory(pve) };
}

export function guestOf(vmid: number, more: Partial<Guest> = {}): Guest {
  return {
    type: 'qemu',
    vmid,
    name: `vm-${vmid}`,
    node: 'pve1',
    status: 'stopped',
    template: false,
    tags: [],
    ...more,
  };
}

export const template = guestOf(900, { name: 'debian', template: true });

export function createRequest(more: Partial<VmCreateRequest> = {}): VmCreateRequest {
  return {
    name: 'web-01',
    template,
    networks: [],
    cloudInit: { sshKeyFiles: [], files: {} },
    start: false,
    ...more,
  };
}
