import type { Inventory, PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { closest } from '../../inventory/closest.js';
import { requireStorage } from '../shared/places.js';

/**
 * An ISO by its volume (`local:iso/debian.iso`) or its file name, on the storages of a node.
 * @throws RequestError `PMX_ISO_NOT_FOUND`, `PMX_ISO_AMBIGUOUS`, `PMX_STORAGE_…`
 */
export async function findIso(
  pve: PveReader,
  inventory: Inventory,
  node: string,
  asked: string,
): Promise<string> {
  const [, named] = /^([a-z][\w.-]*):/i.exec(asked) ?? [];
  if (named !== undefined) await requireStorage(inventory, node, named, 'iso');
  const storages = (await inventory.storages(node)).filter(
    ({ active, content, storage }) =>
      active && content.includes('iso') && (named === undefined || storage === named),
  );
  const lists = await Promise.all(
    storages.map(({ storage }) =>
      pve.get<Array<{ volid: string }>>(`/nodes/${node}/storage/${storage}/content`, {
        content: 'iso',
      }),
    ),
  );
  const volids = lists.flat().map(({ volid }) => volid);
  const found = volids.filter((volid) => volid === asked || volid.endsWith(`/${asked}`));
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    throw new RequestError({
      code: 'PMX_ISO_AMBIGUOUS',
      message: `There is more than one ISO '${asked}' on node ${node}: ${found.join(', ')}.`,
      hints: [`Name one with its storage: --iso ${found[0]}`],
    });
  }
  const near = closest(asked, volids).concat(
    closest(
      asked,
      volids.map((volid) => volid.slice(volid.indexOf('/') + 1)),
    ),
  );
  throw new RequestError({
    code: 'PMX_ISO_NOT_FOUND',
    message: `There is no ISO '${asked}' on the storages of node ${node}.`,
    hints: [
      ...near.slice(0, 1).map((name) => `Did you mean '${name}'?`),
      'See what there is: pmx storage content STORAGE --content iso',
    ],
  });
}
