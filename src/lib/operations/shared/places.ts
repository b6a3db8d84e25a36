import type { Inventory, Node, NetworkDevice, PveReader, Storage } from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

import { nextVmidIn } from './vmid-range.js';

/**
 * The node asked for; else, of those online, the one with the most free memory.
 * @throws RequestError `PMX_NODE_NOT_FOUND`, `PMX_NODE_OFFLINE`
 */
export async function chooseNode(inventory: Inventory, asked: string | undefined): Promise<string> {
  if (asked !== undefined) {
    const node = await inventory.node(asked);
    if (node.status === 'offline') {
      throw new RequestError({
        code: 'PMX_NODE_OFFLINE',
        message: `Node '${asked}' is offline.`,
        hints: ['pmx node list shows which ones are online.'],
      });
    }
    return node.node;
  }
  const online = (await inventory.nodes()).filter((node) => node.status === 'online');
  const [best] = online.sort(
    (a, b) => freeMemory(b) - freeMemory(a) || a.node.localeCompare(b.node),
  );
  if (best) return best.node;
  throw new RequestError({
    code: 'PMX_NODE_NOT_FOUND',
    message: 'No node of the cluster is online.',
  });
}

function freeMemory(node: Node): number {
  return (node.memoryBytes ?? 0) - (node.memoryUsedBytes ?? 0);
}

/** @throws RequestError `PMX_STORAGE_NOT_FOUND`, `PMX_STORAGE_LACKS_CONTENT` */
export async function requireStorage(
  inventory: Inventory,
  node: string,
  name: string,
  content: string,
): Promise<Storage> {
  const storages = await inventory.storages(node);
  const storage = storages.find((candidate) => candidate.storage === name);
  if (!storage) {
    throw new RequestError({
      code: 'PMX_STORAGE_NOT_FOUND',
      message: `There is no storage '${name}' on node ${node}.`,
      hints: [
        `There are: ${storages.map((known) => known.storage).join(', ') || 'none that you may see'}.`,
      ],
    });
  }
  if (!storage.content.includes(content)) {
    throw new RequestError({
      code: 'PMX_STORAGE_LACKS_CONTENT',
      message: `Storage '${name}' on node ${node} does not take content '${content}', only ${storage.content.join(', ')}.`,
      hints: [
        ...alternatives(storages, content),
        `Or allow it on a node: pvesm set ${name} --content ${[...storage.content, content].join(',')}`,
      ],
    });
  }
  return storage;
}

function alternatives(storages: readonly Storage[], content: string): string[] {
  const names = storages
    .filter((known) => known.content.includes(content))
    .map((known) => known.storage);
  return names.length > 0 ? [`Storages that take '${content}': ${names.join(', ')}.`] : [];
}

/**
 * The storage asked for; else the preferred one if it takes the content, else the emptiest that does.
 * @throws RequestError `PMX_STORAGE_…`
 */
export async function chooseStorage(
  inventory: Inventory,
  node: string,
  content: string,
  asked: string | undefined,
  preferred?: string,
): Promise<Storage> {
  if (asked !== undefined) return requireStorage(inventory, node, asked, content);
  const usable = (await inventory.storages(node)).filter(
    (storage) => storage.active && storage.content.includes(content),
  );
  const best =
    usable.find((storage) => storage.storage === preferred) ??
    usable.sort((a, b) => (b.availableBytes ?? 0) - (a.availableBytes ?? 0))[0];
  if (best) return best;
  throw new RequestError({
    code: 'PMX_STORAGE_LACKS_CONTENT',
    message: `No storage on node ${node} takes content '${content}'.`,
    hints: [
      `Allow it on a node, for example: pvesm set local --content iso,vztmpl,backup,${content}`,
      'A token sees only storages that it has Datastore.Audit or Datastore.AllocateSpace on.',
    ],
  });
}

/** @throws RequestError `PMX_BRIDGE_NOT_FOUND` */
export async function requireBridges(
  pve: PveReader,
  node: string,
  devices: readonly NetworkDevice[],
): Promise<void> {
  const bridges = await pve.get<Array<{ iface: string }>>(`/nodes/${node}/network`, {
    type: 'any_bridge',
  });
  // An identity without SDN.Audit sees no bridge at all: then only the server can tell.
  if (bridges.length === 0) return;
  for (const { bridge } of devices) {
    if (bridges.some(({ iface }) => iface === bridge)) continue;
    throw new RequestError({
      code: 'PMX_BRIDGE_NOT_FOUND',
      message: `There is no bridge '${bridge}' on node ${node}.`,
      hints: [`There are: ${bridges.map(({ iface }) => iface).join(', ')}.`],
    });
  }
}

/** @throws RequestError `PMX_POOL_NOT_FOUND` */
export async function requirePool(pve: PveReader, pool: string): Promise<void> {
  const pools = await pve.get<Array<{ poolid: string }>>('/pools');
  if (pools.some(({ poolid }) => poolid === pool)) return;
  throw new RequestError({
    code: 'PMX_POOL_NOT_FOUND',
    message: `There is no pool '${pool}' that you may see.`,
    hints: [
      pools.length > 0
        ? `There are: ${pools.map(({ poolid }) => poolid).join(', ')}.`
        : 'There is none.',
      `Make it: pmx api post /pools poolid=${pool}`,
    ],
  });
}

/**
 * The VMID asked for, if it is free; else the next free one, of the range if there is one.
 * @param planned an id that was picked beforehand, for one of several guests
 * @throws RequestError `PMX_VMID_…`
 */
export async function chooseVmid(
  pve: PveReader,
  inventory: Inventory,
  asked: number | undefined,
  range?: string,
  planned?: number,
): Promise<number> {
  if (asked === undefined) {
    if (planned !== undefined) return planned;
    return range === undefined
      ? Number(await pve.get<string>('/cluster/nextid'))
      : nextVmidIn(pve, range);
  }
  try {
    await pve.get('/cluster/nextid', { vmid: asked });
    return asked;
  } catch (error) {
    if (!isPmxError(error) || error.exitCode !== 3) throw error;
  }
  const owner = (await inventory.freshGuests()).find((guest) => guest.vmid === asked);
  throw new RequestError({
    code: 'PMX_VMID_TAKEN',
    message: `VMID ${asked} is taken${owner ? ` by ${owner.template ? 'template ' : ''}'${owner.name}' on node ${owner.node}` : ''}.`,
    hints: ['Leave --vmid out to get the next free id.'],
  });
}

/** @throws RequestError `PMX_STORAGE_NOT_FOUND`, `PMX_NODE_NOT_FOUND` */
export async function findStorage(
  inventory: Inventory,
  name: string,
  node: string | undefined,
): Promise<Storage> {
  if (node !== undefined) await inventory.node(node);
  const storages = await inventory.storages(node);
  const found = storages.find((storage) => storage.storage === name && storage.active);
  if (found) return found;
  const names = [...new Set(storages.map((storage) => storage.storage))];
  throw new RequestError({
    code: 'PMX_STORAGE_NOT_FOUND',
    message: `There is no active storage '${name}'${node === undefined ? '' : ` on node ${node}`}.`,
    hints: [`There are: ${names.join(', ') || 'none that you may see'}.`],
  });
}
