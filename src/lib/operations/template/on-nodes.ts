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
  const sharers = new Map<string, string[]>();
  const places: CopyPlace[] = [];
  for (const asked of nodes) {
    const node = await chooseNode(inventory, asked);
    const chosen = await chooseStorage(inventory, node, 'images', storage);
    const others = chosen.shared ? sharers.get(chosen.storage) : undefined;
    if (others) {
      others.push(node);
      continue;
    }
    if (chosen.shared) sharers.set(chosen.storage, []);
    places.push({ node, storage: chosen.storage, plannedVmid: await picker.next() });
  }
  const plans: Plan[] = [];
  for (const place of places) {
    const plan = await planOne(place);
    const others = sharers.get(place.storage) ?? [];
    plans.push({
      ...plan,
      target: `${plan.target} on ${place.node}`,
      notes: [
        ...(plan.notes ?? []),
        ...(others.length > 0
          ? [
              `The nodes share storage '${place.storage}': the copy on ${place.node} serves ${others.join(', ')}, too.`,
            ]
          : []),
      ],
    });
  }
  return plans;
}
