import type { Inventory, PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { isNotFound } from '../../api/index.js';

export interface Pool {
  pool: string;
  comment?: string;
  /** Guests in it that this identity may see. */
  guests: number;
}

export interface PoolGuest {
  type: 'qemu' | 'lxc';
  vmid: number;
  name: string;
  node: string;
  status: string;
}

export interface PoolDetails {
  pool: string;
  comment?: string;
  guests: PoolGuest[];
  storages: string[];
}

interface MemberRow {
  type: string;
  vmid?: number;
  name?: string;
  node?: string;
  status?: string;
  storage?: string;
}

interface PoolRow {
  poolid: string;
  comment?: string;
  members?: MemberRow[];
}

export async function listPools(pve: PveReader, inventory: Inventory): Promise<Pool[]> {
  const [rows, guests] = await Promise.all([pve.get<PoolRow[]>('/pools'), inventory.guests()]);
  return rows
    .map(({ poolid, comment }) => ({
      pool: poolid,
      ...(comment !== undefined && comment !== '' && { comment }),
      guests: guests.filter(({ pool }) => pool === poolid).length,
    }))
    .sort((a, b) => (a.pool < b.pool ? -1 : 1));
}

/** @throws RequestError `PMX_POOL_NOT_FOUND` */
export async function readPool(pve: PveReader, pool: string): Promise<PoolDetails> {
  const found = await findPool(pve, pool);
  if (found) return found;
  const names = (await pve.get<PoolRow[]>('/pools')).map(({ poolid }) => poolid);
  throw new RequestError({
    code: 'PMX_POOL_NOT_FOUND',
    message: `There is no pool '${pool}'.`,
    hints: [
      names.length > 0 ? `There are: ${names.join(', ')}.` : 'There is none that you may see.',
      `Make it: pmx pool create ${pool}`,
    ],
  });
}

export async function findPool(pve: PveReader, pool: string): Promise<PoolDetails | undefined> {
  try {
    // This form also takes nested pools (a/b); the path /pools/{poolid} does not.
    const [row] = await pve.get<PoolRow[]>('/pools', { poolid: pool });
    return row && detailsOf(row, pool);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function detailsOf({ comment, members = [] }: PoolRow, pool: string): PoolDetails {
  const storages = members.flatMap(({ type, storage }) =>
    type === 'storage' && storage !== undefined ? [storage] : [],
  );
  return {
    pool,
    ...(comment !== undefined && comment !== '' && { comment }),
    guests: members
      .filter(({ type }) => type === 'qemu' || type === 'lxc')
      .map(({ type, vmid, name, node, status }) => ({
        type: type as PoolGuest['type'],
        vmid: Number(vmid),
        name: name ?? '',
        node: node ?? '',
        status: status ?? 'unknown',
      }))
      .sort((a, b) => a.vmid - b.vmid),
    // A storage has a row for each node.
    storages: [...new Set(storages)].sort(),
  };
}
