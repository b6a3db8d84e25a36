import type { Guest, Inventory } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { sizeInWords } from '../../shared/size.js';

/** They take the whole size at once; on others a disk grows as it is written to. */
const thick = new Set(['lvm', 'iscsi', 'iscsidirect']);

/**
 * What there is to say about so many more bytes on a storage.
 * @throws RequestError `PMX_STORAGE_TOO_SMALL` where they would be taken at once
 */
export async function spaceNotes(
  inventory: Inventory,
  { node }: Pick<Guest, 'node'>,
  storage: string | null,
  bytes: number,
): Promise<string[]> {
  const found = (await inventory.storages(node)).find((known) => known.storage === storage);
  const free = found?.availableBytes;
  if (!found || free === undefined || bytes <= free) return [];
  const words = `Storage ${storage} on node ${node} has ${sizeInWords(free)} free, and ${sizeInWords(bytes)} are asked for`;
  if (!thick.has(found.type)) return [`${words}: it is full before the disk is.`];
  throw new RequestError({
    code: 'PMX_STORAGE_TOO_SMALL',
    message: `${words}.`,
    hints: ['Take less, or another storage: pmx storage list'],
  });
}
