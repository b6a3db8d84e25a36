import type { Inventory, PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { requireStorage } from '../shared/places.js';

/** A container template: an archive that new containers are unpacked from. */
export interface ContainerTemplate {
  /** Of the file: `debian-12-standard_12.12-1_amd64.tar.zst`. */
  name: string;
  /** What the server says about it; empty for files that somebody put there. */
  headline: string;
  section: string;
  /** Storages that have it, on the node in question. */
  volids: string[];
}

interface ApplianceRow {
  template: string;
  headline?: string;
  section?: string;
}

/** What is on the node's storages. */
export async function storedTemplates(
  pve: PveReader,
  inventory: Inventory,
  node: string,
): Promise<string[]> {
  const storages = (await inventory.storages(node)).filter(
    ({ active, content }) => active && content.includes('vztmpl'),
  );
  const lists = await Promise.all(
    storages.map(({ storage }) =>
      pve.get<Array<{ volid: string }>>(`/nodes/${node}/storage/${storage}/content`, {
        content: 'vztmpl',
      }),
    ),
  );
  return lists
    .flat()
    .map(({ volid }) => volid)
    .sort();
}

/** What the server offers for download and what is there already, in one list. */
export async function listTemplates(
  pve: PveReader,
  inventory: Inventory,
  node: string,
): Promise<ContainerTemplate[]> {
  const [offered, stored] = await Promise.all([
    pve.get<ApplianceRow[]>(`/nodes/${node}/aplinfo`),
    storedTemplates(pve, inventory, node),
  ]);
  const known = new Map(
    offered.map(({ template, headline = '', section = '' }) => [
      template,
      { name: template, headline, section, volids: [] as string[] },
    ]),
  );
  for (const volid of stored) {
    const name = fileOf(volid);
    const row = known.get(name) ?? { name, headline: '', section: '', volids: [] };
    row.volids.push(volid);
    known.set(name, row);
  }
  return [...known.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * A volume id, a file name, or the beginning of one (`debian-12`): of several versions of one system
 * the newest is taken.
 * @throws RequestError `PMX_CT_TEMPLATE_NOT_FOUND`, `PMX_CT_TEMPLATE_AMBIGUOUS`
 */
export async function findStoredTemplate(
  pve: PveReader,
  inventory: Inventory,
  node: string,
  asked: string,
): Promise<string> {
  const [storage] = asked.includes(':') ? asked.split(':', 1) : [];
  if (storage !== undefined) await requireStorage(inventory, node, storage, 'vztmpl');
  const volids = await storedTemplates(pve, inventory, node);
  const found =
    storage === undefined ? chooseTemplate(asked, volids) : volids.find((volid) => volid === asked);
  if (found !== undefined) return found;
  throw new RequestError({
    code: 'PMX_CT_TEMPLATE_NOT_FOUND',
    message: `There is no container template '${asked}' on node ${node}.`,
    hints: [
      volids.length > 0 ? `There are: ${volids.join(', ')}.` : 'There is none yet.',
      'See what the server offers: pmx ct template list',
      `Fetch it: pmx ct template download ${storage === undefined ? asked : fileOf(asked)}`,
    ],
  });
}

/** @throws RequestError `PMX_CT_TEMPLATE_AMBIGUOUS` when it may be of several systems */
export function chooseTemplate(asked: string, names: readonly string[]): string | undefined {
  const exact = names.find((name) => fileOf(name) === asked);
  if (exact !== undefined) return exact;
  const begun = names.filter((name) => {
    const file = fileOf(name);
    return file.startsWith(asked) && /^[-_.]/.test(file.slice(asked.length));
  });
  const systems = [...new Set(begun.map((name) => fileOf(name).split('_', 1)[0]!))];
  if (systems.length > 1) {
    throw new RequestError({
      code: 'PMX_CT_TEMPLATE_AMBIGUOUS',
      message: `'${asked}' may be ${systems.join(' or ')}.`,
      hints: [`Name one of them, for example: ${systems[0]}`],
    });
  }
  return begun.sort((a, b) => fileOf(a).localeCompare(fileOf(b), 'en', { numeric: true })).at(-1);
}

/** `local:vztmpl/debian…tar.zst` → `debian…tar.zst`. */
export function fileOf(volid: string): string {
  return volid.slice(volid.lastIndexOf('/') + 1);
}
