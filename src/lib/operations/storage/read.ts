import type { Inventory, PveReader, Storage } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { findStorage } from '../shared/places.js';

export interface StorageDetails {
  storage: string;
  type: string;
  content: string[];
  shared: boolean;
  /** One entry for each node that has it. */
  nodes: Array<Pick<Storage, 'node' | 'active' | 'totalBytes' | 'usedBytes' | 'availableBytes'>>;
  /** How it is set up (path, server, pool …); only for those who may change it. */
  config?: Record<string, string | number>;
}

/** @throws RequestError `PMX_STORAGE_NOT_FOUND` */
export async function readStorage(
  pve: PveReader,
  inventory: Inventory,
  name: string,
): Promise<StorageDetails> {
  const rows = (await inventory.storages()).filter(({ storage }) => storage === name);
  // Says which ones there are.
  if (rows.length === 0) await findStorage(inventory, name, undefined);
  const [first] = rows as [Storage];
  const config = await configOf(pve, name);
  return {
    storage: name,
    type: first.type,
    content: first.content,
    shared: first.shared,
    nodes: rows.map(({ node, active, totalBytes, usedBytes, availableBytes }) => ({
      node,
      active,
      ...(totalBytes !== undefined && { totalBytes }),
      ...(usedBytes !== undefined && { usedBytes }),
      ...(availableBytes !== undefined && { availableBytes }),
    })),
    ...(config && { config }),
  };
}

const shownElsewhere = new Set(['storage', 'type', 'content', 'shared', 'digest']);

async function configOf(
  pve: PveReader,
  name: string,
): Promise<Record<string, string | number> | undefined> {
  try {
    const config = await pve.get<Record<string, string | number>>(`/storage/${name}`);
    return Object.fromEntries(Object.entries(config).filter(([key]) => !shownElsewhere.has(key)));
  } catch (error) {
    if (isPmxError(error) && error.exitCode === 3) return undefined;
    throw error;
  }
}
