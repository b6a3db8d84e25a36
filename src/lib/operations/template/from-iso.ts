import { type Inventory, markerLine, type Plan, type PveReader, ref, text } from '@pmx-cli/kit';

import { chooseNode } from '../shared/places.js';
import { planBlankVm } from '../vm/create-blank.js';
import type { BlankVmRequest } from '../vm/create-request.js';
import { findIso } from '../vm/iso.js';
import { convertStep } from './clone.js';
import { newVersion } from './publish.js';
import { recordLine, type TemplateRecord } from './record.js';

export interface FromIsoRequest extends Omit<BlankVmRequest, 'iso' | 'start' | 'wait' | 'tags'> {
  /** Volume or file name of the installer's medium. */
  iso: string;
  tags: readonly string[];
  version?: string;
  keepLatest?: boolean;
  retires?: ((node: string) => boolean) | undefined;
}

export interface FromIsoResult {
  vmid: number;
  name: string;
  /** Null for a template without versions. */
  version: string | null;
  node: string;
  /** Volume of the medium, which the template and its clones go on to need. */
  iso: string;
  operation: string;
}

/**
 * An empty VM with an installer's medium as a template: each clone boots the installer.
 * @throws RequestError for sizes and places that cannot be, `PMX_ISO_…`, `PMX_VERSION_EXISTS`
 */
export async function planFromIso(
  pve: PveReader,
  inventory: Inventory,
  request: FromIsoRequest,
): Promise<Plan> {
  const { name, version: wanted, keepLatest, retires, tags: given, ...rest } = request;
  const node = await chooseNode(inventory, request.node);
  const [iso, published] = await Promise.all([
    findIso(pve, inventory, node, request.iso),
    newVersion(pve, inventory, {
      name,
      node,
      promote: keepLatest !== true,
      retires,
      ...(wanted !== undefined && { wanted }),
    }),
  ]);
  const made = new Date().toISOString().slice(0, 10);
  const record: TemplateRecord = {
    ...(published.version !== undefined && { version: published.version }),
    source: iso,
    made,
  };
  const tags = [...new Set([...given, ...published.tags])];
  const plan = await planBlankVm(pve, inventory, {
    ...rest,
    name,
    node,
    iso,
    start: false,
    ...(tags.length > 0 && { tags }),
  });
  return {
    ...plan,
    operation: 'template.create',
    target: `template ${name}`,
    title: `Create template ${name} with the medium ${iso} on node ${node}`,
    steps: [
      ...plan.steps,
      {
        id: 'describe',
        title: `Note where ${name} comes from`,
        kind: 'pve.call',
        args: {
          method: 'PUT',
          path: text`/nodes/${node}/qemu/${ref('vmid')}/config`,
          params: {
            description: text`Template made by pmx on ${made} from ${iso}\n${recordLine(record)}\n${markerLine}`,
          },
          idempotent: true,
        },
      },
      convertStep(node, name),
      ...published.retire,
    ],
    variables: { ...plan.variables, ...published.variables },
    result: {
      vmid: ref('vmid'),
      name,
      version: published.version ?? null,
      node,
      iso,
      operation: ref('operation'),
    },
  };
}
