import type { PveReader } from '@pmx-cli/kit';

import { type Drive, drivesOf, type GuestConfig } from '../../shared/guest-config.js';

/** A row of a storage's content. */
export interface Volume {
  storage: string;
  node: string;
  volid: string;
  size?: number;
  vmid?: number;
  /** Only archives: PVE removes a protected one for nobody. */
  protected?: boolean;
  notes?: string;
  createdSeconds?: number;
}

interface ContentRow {
  volid: string;
  size?: number;
  vmid?: number | string;
  protected?: number | boolean;
  notes?: string;
  ctime?: number;
}

export async function contentOf(
  pve: PveReader,
  { node, storage }: Pick<Volume, 'node' | 'storage'>,
): Promise<Volume[]> {
  const rows = await pve.get<ContentRow[]>(`/nodes/${node}/storage/${storage}/content`);
  return rows.map(({ volid, size, vmid, protected: kept, notes, ctime }) => ({
    storage,
    node,
    volid,
    ...(size !== undefined && { size }),
    vmid: vmid === undefined ? ownerIn(volid) : Number(vmid),
    protected: Number(kept ?? 0) === 1,
    ...(notes !== undefined && { notes }),
    ...(ctime !== undefined && { createdSeconds: Number(ctime) }),
  }));
}

function ownerIn(volid: string): number {
  return Number(/[:/](?:vm|base|subvol|basevol)-(\d+)-/.exec(volid)?.[1]);
}

export function isIso({ volid }: Pick<Volume, 'volid'>): boolean {
  return volid.includes(':iso/');
}

export function isBackup({ volid }: Pick<Volume, 'volid'>): boolean {
  return volid.includes(':backup/');
}

/** A disk of a VM, or a volume of a container. */
export function isDisk({ volid }: Pick<Volume, 'volid'>): boolean {
  return !/:(?:iso|backup|import|vztmpl|snippets)\//.test(volid);
}

const mountSlot = /^(?:rootfs|mp\d+|unused\d+)$/;

/** Root file system and mount points; what is mounted from the node itself is no volume. */
export function mountsOf(config: GuestConfig): Drive[] {
  return Object.entries(config).flatMap(([slot, value]): Drive[] => {
    if (!mountSlot.test(slot) || typeof value !== 'string') return [];
    const [volid = '', ...options] = value.split(',');
    if (volid.startsWith('/') || !volid.includes(':')) return [];
    const size = options.find((option) => option.startsWith('size='))?.slice('size='.length);
    return [{ slot, volid, kind: slot.startsWith('unused') ? 'unused' : 'disk', size }];
  });
}

/** Directories and devices of the node that a container has mounted: they stay. */
export function bindMountsOf(config: GuestConfig): Array<{ slot: string; source: string }> {
  return Object.entries(config).flatMap(([slot, value]) => {
    const source = /^mp\d+$/.test(slot) ? String(value).split(',')[0]! : '';
    return source.startsWith('/') ? [{ slot, source }] : [];
  });
}

export function volumesOf(type: 'qemu' | 'lxc', config: GuestConfig): Drive[] {
  return type === 'lxc' ? mountsOf(config) : drivesOf(config);
}

/** A linked clone's volid carries its base in front (`9000/base-9000-disk-0.qcow2/101/…`). */
export function isSameVolume(configured: string, listed: string): boolean {
  return configured === listed || configured.endsWith(`/${listed.slice(listed.indexOf(':') + 1)}`);
}
