import type { Inventory, Plan, PveReader, Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { chooseNode, chooseStorage } from '../shared/places.js';
import { chooseTemplate, listTemplates } from './templates.js';

export interface TemplateDownloadRequest {
  template: string;
  node?: string;
  storage?: string;
}

export interface TemplateDownloadResult {
  volid: string;
  node: string;
  storage: string;
  /** False when the storage had it already. */
  changed: boolean;
}

/** @throws RequestError `PMX_CT_TEMPLATE_…`, `PMX_STORAGE_…` */
export async function planTemplateDownload(
  pve: PveReader,
  inventory: Inventory,
  request: TemplateDownloadRequest,
): Promise<Plan> {
  const node = await chooseNode(inventory, request.node);
  const storage = (await chooseStorage(inventory, node, 'vztmpl', request.storage)).storage;
  const templates = await listTemplates(pve, inventory, node);
  const name = chooseTemplate(
    request.template,
    templates.map((template) => template.name),
  );
  const found = templates.find((template) => template.name === name);
  if (!found) {
    throw new RequestError({
      code: 'PMX_CT_TEMPLATE_NOT_FOUND',
      message: `Node ${node} knows no container template '${request.template}' to download.`,
      hints: [
        'See what there is: pmx ct template list',
        'A list that is out of date is fetched anew on the node: pveam update',
      ],
    });
  }
  const volid = `${storage}:vztmpl/${found.name}`;
  const changed = !found.volids.includes(volid);
  const step: Step = {
    id: 'download',
    title: `Download ${found.name} to storage ${storage}`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: `/nodes/${node}/aplinfo`,
      params: { storage, template: found.name },
      lookup: { type: 'download', id: '' },
      // A file that is there with the right checksum is left as it is.
      idempotent: true,
    },
    undo: [
      {
        title: `Remove ${volid}`,
        kind: 'pve.discard-volume',
        args: { node, storage, volid },
      },
    ],
  };
  return {
    operation: 'ct.template.download',
    target: `container template ${found.name}`,
    title: `Download container template ${found.name} to storage ${storage} on node ${node}`,
    steps: changed ? [step] : [],
    ...(!changed && { notes: [`${volid} is there already.`] }),
    result: { volid, node, storage, changed },
  };
}
