import type { Inventory, Plan, PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { chooseNode, chooseStorage } from '../shared/places.js';
import { VmidPicker } from '../shared/vmid-range.js';

export interface OnNodesRequest {
  nodes: readonly string[];
  /** For the template's disks. */
  storage?: string;
  vmid?: number;
  vmids?: string;
}

/** Where one of the copies goes. */
export interface CopyPlace {
  node: string;
  storage: string;
  plannedVmid: number;
  /** Whether older versions on that node lose the tag `latest` by this copy: each is seen to once. */
  retires: (node: string) => boolean;
}

/**
 * The same template on several nodes: clones of a template on local storage are fast only there.
 * Nodes that share the storage share the copy.
 * @throws RequestError `PMX_NODE_…`, `PMX_STORAGE_…`, `PMX_ONE_NODE_ONLY`
 */
export async function planOnNodes(
  pve: PveReader,
  inventory: Inventory,
  { nodes, storage, vmid, vmids }: OnNodesRequest,
  planOne: (place: CopyPlace) => Promise<Plan>,
): Promise<Plan[]> {
  if (vmid !== undefined) {
    throw new RequestError({
      code: 'PMX_ONE_NODE_ONLY',
      message: `A copy on each of ${nodes.length} nodes cannot have the one VMID ${vmid}.`,
      hints: [
        'Leave --vmid out, or make them one after the other.',
        'A range for all: pmx config set defaults.vmids 9000-9999',
      ],
    });
  }
  const picker = new VmidPicker(pve, vmids);
  const copies = await copiesOn(inventory, nodes, storage);
  const places: CopyPlace[] = [];
  for (const { node, storage, retires } of copies)
    places.push({ node, storage, retires, plannedVmid: await picker.next() });
  const plans: Plan[] = [];
  for (const [index, place] of places.entries()) {
    const plan = await planOne(place);
    const note = copies[index]!.note;
    plans.push({
      ...plan,
      target: onNode(plan.target, place.node),
      ...(note !== undefined && { notes: [...(plan.notes ?? []), note] }),
    });
  }
  return plans;
}

/** One of several copies is told from the others by its node. */
export function onNode(target: string, node: string): string {
  return `${target} on ${node}`;
}

export interface Copy {
  node: string;
  storage: string;
  retires: CopyPlace['retires'];
  /** Which other nodes it serves. */
  note: string | undefined;
}

/** The copies that these nodes need: one for those that share a storage. */
export async function copiesOn(
  inventory: Inventory,
  nodes: readonly string[],
  storage: string | undefined,
): Promise<Copy[]> {
  const sharers = new Map<string, string[]>();
  const places: Array<{ node: string; storage: string }> = [];
  for (const asked of new Set(nodes)) {
    const node = await chooseNode(inventory, asked);
    const chosen = await chooseStorage(inventory, node, 'images', storage);
    const others = chosen.shared ? sharers.get(chosen.storage) : undefined;
    if (others) {
      others.push(node);
      continue;
    }
    if (chosen.shared) sharers.set(chosen.storage, []);
    places.push({ node, storage: chosen.storage });
  }
  const own = new Set(places.map(({ node }) => node));
  return places.map(({ node, storage: at }, index) => {
    const others = sharers.get(at) ?? [];
    return {
      node,
      storage: at,
      // The first one sees to nodes that get no copy.
      retires: (other) => other === node || (index === 0 && !own.has(other)),
      note:
        others.length > 0
          ? `The nodes share storage '${at}': the copy on ${node} serves ${others.join(', ')}, too.`
          : undefined,
    };
  });
}
