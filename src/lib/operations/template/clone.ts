import { type Guest, type Inventory, type Plan, type PveReader, ref, text } from '@pmx-cli/kit';

import { type CloneRequest, planClone } from '../guest/clone.js';
import { isVersionTag } from './record.js';

/**
 * A template that stands by itself: a full clone, converted. It is no version of its source.
 * @throws RequestError as `vm clone` does
 */
export async function planTemplateClone(
  pve: PveReader,
  inventory: Inventory,
  request: Omit<CloneRequest, 'kind' | 'set'>,
): Promise<Plan> {
  const { source, name } = request;
  const plan = await planClone(pve, inventory, { ...request, kind: 'full', ...ownTags(source) });
  const node = request.node ?? source.node;
  return {
    ...plan,
    operation: 'template.clone',
    target: `template ${name}`,
    title: `Copy template ${source.vmid} (${source.name}) to template ${name} on node ${node}`,
    steps: [...plan.steps, convertStep(node, name)],
  };
}

/** Undone by what undoes the making of the guest. */
export function convertStep(node: string, name: string) {
  return {
    id: 'convert',
    title: `Convert ${name} to a template`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: text`/nodes/${node}/qemu/${ref('vmid')}/template`,
      lookup: { type: 'qmtemplate', id: ref('vmid') },
    },
  } as const;
}

/** Proxmox VE copies the tags, too; those of the source's version would be a lie. */
export function ownTags({ tags }: Guest): { set?: { tags: string } } {
  if (!tags.some(isVersionTag)) return {};
  return { set: { tags: tags.filter((tag) => !isVersionTag(tag)).join(';') } };
}
